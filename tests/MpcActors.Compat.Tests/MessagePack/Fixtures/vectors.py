#!/usr/bin/env python3
"""Values and their MessagePack bytes, by the Python package msgpack (Debian: python3-msgpack).

  vectors.py make     golden.json, to standard output
  vectors.py encode   a value a line from standard input, its bytes in hexadecimal a line to standard output
  vectors.py decode   the other way round

A value is written in JSON: null, booleans, integers, strings and arrays as they are; {"f64": "3ff0000000000000"}, the bits of a
double; {"f32": "3f800000"}, of a float; {"bin": "00ff"}; {"map": [[key, value], ...]}.
"""
import json
import struct
import sys

import msgpack


def to_python(value):
    if isinstance(value, list):
        return [to_python(item) for item in value]
    if isinstance(value, dict):
        (kind, content), = value.items()
        if kind == "f64":
            return struct.unpack(">d", bytes.fromhex(content))[0]
        if kind == "bin":
            return bytes.fromhex(content)
        if kind == "map":
            return {to_python(key): to_python(item) for key, item in content}
        raise ValueError(kind)
    return value


def from_python(value):
    if isinstance(value, float):
        return {"f64": struct.pack(">d", value).hex()}
    if isinstance(value, bytes):
        return {"bin": value.hex()}
    if isinstance(value, list):
        return [from_python(item) for item in value]
    if isinstance(value, dict):
        return {"map": [[from_python(key), from_python(item)] for key, item in value.items()]}
    return value


def encode(value):
    return msgpack.packb(to_python(value), use_bin_type=True).hex()


def decode(hexadecimal):
    return from_python(msgpack.unpackb(bytes.fromhex(hexadecimal), raw=False, strict_map_key=False))


def integers():
    edges = [0, 1, 1 << 5, 1 << 7, 1 << 8, 1 << 15, 1 << 16, 1 << 31, 1 << 32, 1 << 53, 1 << 63, 1 << 64]
    near = {sign * edge + step for edge in edges for sign in (1, -1) for step in (-2, -1, 0, 1)}
    return sorted(n for n in near if -(1 << 63) <= n < 1 << 64)


def values():
    yield from [None, True, False]
    yield from integers()
    doubles = [0.0, -0.0, 1.0, -1.5, 0.1, 5e-324, 1.7976931348623157e308, float("inf"), float("-inf"), float("nan")]
    yield from map(from_python, doubles)
    yield from ["", "a", "a" * 31, "a" * 32, "é" * 16, "日本語", "\U0001f510", "nul\0", "line\nbreak"]
    yield from map(from_python, [b"", b"\0", bytes(range(32))])
    yield [[], [None], [[1, [2, [3]]], "x", {"bin": "ff"}]]
    yield {"map": []}
    yield {"map": [["From", 0], [1, [True, {"f64": "3fe0000000000000"}]], ["Payload", {"bin": "0102"}]]}
    yield list(range(16))


def headers():
    packer = msgpack.Packer(use_bin_type=True)
    for count in [0, 1, 15, 16, 31, 32, 255, 256, 65535, 65536]:
        yield "str", count, packer.pack("a" * count)[:5 if count > 65535 else 3 if count > 255 else 2 if count > 31 else 1]
        yield "bin", count, packer.pack(b"a" * count)[:5 if count > 65535 else 3 if count > 255 else 2]
    for count in [0, 1, 15, 16, 255, 256, 65535, 65536, (1 << 31) - 1]:
        yield "array", count, packer.pack_array_header(count)
        yield "map", count, packer.pack_map_header(count)


def make():
    single = msgpack.Packer(use_single_float=True)
    floats = [0.0, -0.0, 1.0, -1.5, 0.10000000149011612, 1.401298464324817e-45, 3.4028234663852886e38, float("inf"), float("nan")]
    lines = [{"value": value, "bytes": encode(value)} for value in values()]
    lines += [{"value": {"f32": struct.pack(">f", value).hex()}, "bytes": single.pack(value).hex()} for value in floats]
    lines += [{"header": kind, "count": count, "bytes": head.hex()} for kind, count, head in headers()]
    print("[\n" + ",\n".join(json.dumps(line) for line in lines) + "\n]")


if __name__ == "__main__":
    if sys.argv[1:] == ["make"]:
        make()
    elif sys.argv[1:] == ["encode"]:
        for line in sys.stdin:
            print(encode(json.loads(line)))
    elif sys.argv[1:] == ["decode"]:
        for line in sys.stdin:
            print(json.dumps(decode(line.strip())))
    else:
        sys.exit(__doc__)
