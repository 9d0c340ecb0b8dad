#!/usr/bin/env python3
"""Writes tests/Fixtures/use_lite_rfa64_embeddings.json.gz anew: what NumPy computes with the shipped random-feature weights, for the texts that
the file has. To be run after src/MpcActors.Data/Resources/use_lite_rfa64.safetensors was made anew by 'mpc adapt'; it knows nothing of the C# code.

Usage: make_rfa_embeddings.py CACHE/use-lite-0.2.0/use_lite.safetensors
"""
import gzip
import json
import os
import struct
import sys

import numpy as np

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
FIXTURE = os.path.join(ROOT, "tests", "Fixtures", "use_lite_rfa64_embeddings.json.gz")
PATCH = os.path.join(ROOT, "src", "MpcActors.Data", "Resources", "use_lite_rfa64.safetensors")
FLOOR, HEADS = 1 / 32, 4


def load(path):
    with open(path, "rb") as file:
        raw = file.read()
    length = struct.unpack("<Q", raw[:8])[0]
    header = json.loads(raw[8:8 + length])
    header.pop("__metadata__", None)
    types = {"F32": "<f4", "F16": "<f2"}
    return {name: np.frombuffer(raw[8 + length + entry["data_offsets"][0]:8 + length + entry["data_offsets"][1]], types[entry["dtype"]])
            .reshape(entry["shape"]).astype(np.float64) for name, entry in header.items()}


def norm(x, scale, bias):
    return scale * (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-6) + bias


def attention(q, k, v, omega):
    def features(x):
        phases = x @ omega
        return np.concatenate([np.cos(phases), np.sin(phases)], -1)
    scores = features(q) @ features(k).transpose(0, 2, 1) / (omega.shape[-1] * k.shape[1])
    return scores @ v / np.maximum(scores.sum(-1, keepdims=True), FLOOR)


def layer(weights, x, index):
    def of(name):
        return weights["layer.%d.%s" % (index, name)]
    rows, q, k, v = len(x), *np.split(norm(x, of("ln1.scale"), of("ln1.bias")) @ of("attn.qkv.weight") + of("attn.qkv.bias"), 3, -1)
    heads = [part.reshape(rows, HEADS, -1).transpose(1, 0, 2) for part in (q, k, v)]
    out = attention(*heads, weights["rfa.%d.omega" % index]).transpose(1, 0, 2).reshape(rows, -1) @ of("attn.out.weight") + of("attn.out.bias")
    x = out + (x @ of("residual.weight") + of("residual.bias") if "layer.%d.residual.weight" % index in weights else x)
    inner = norm(x, of("ln2.scale"), of("ln2.bias")) @ of("ffn.in.weight") + of("ffn.in.bias")
    return x + np.maximum(inner, 0) @ of("ffn.out.weight") + of("ffn.out.bias")


def embed(weights, ids):
    turn = np.arange(len(ids))[:, None] * weights["timing_inv"]
    x = 2 * weights["token_embedding"][ids] + np.concatenate([np.sin(turn), np.cos(turn)], -1)
    y = np.tanh(layer(weights, layer(weights, x, 0), 1).mean(0) @ weights["head.weight"] + weights["head.bias"])
    return y / np.linalg.norm(y)


def main():
    weights = {**load(sys.argv[1]), **load(PATCH)}
    with gzip.open(FIXTURE) as file:
        texts = json.load(file)
    change = 0
    for text in texts:
        embedding = embed(weights, text["ids"])
        change = max(change, np.abs(embedding - text["embedding"]).max())
        text["embedding"] = [float("%.8g" % value) for value in embedding]
    with open(FIXTURE, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(json.dumps(texts).encode())
    print("%d embeddings; the largest difference from the file before is %.1e" % (len(texts), change))


if __name__ == "__main__":
    main()
