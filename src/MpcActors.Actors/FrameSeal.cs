using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Actors;

/// <summary>A 128-bit tag over all of a frame: AES-128-GMAC (NIST SP 800-38D) of the payload's <see cref="NhDigest"/>; the keys are a session's, the nonce link, number and length.</summary>
/// <remarks>
/// An altered share would not be noticed by additive sharing itself: the result would be a wrong number. The tag makes it a
/// clean stop. The same tags, rolled into a hash, are the run's transcript. GMAC alone, at both ends of every frame, took
/// longer than a tenth of a run of element-wise gates; hashed first, it reads a hundredth of the bytes. A message that
/// never left the process as bytes, and is the very object that was sealed, is not read again: a payload is not written to once sent.
/// </remarks>
public sealed class FrameSeal(Seed key) : IDisposable
{
    public const int TagBytes = 16;
    const int NonceBytes = 12;

    readonly AesGcm _gcm = new(KeyBytes(key.Derive("gmac")), TagBytes);
    readonly NhDigest _digest = new(key.Derive("nh"));

    /// <exception cref="ArgumentException">The payload is larger than a frame's may be.</exception>
    public SealedFrame Seal(Frame frame) => frame.Payload.Length <= MessageSerializer.LargestPayload
        ? new SealMark(key).Make(frame, TagOf(frame))
        : throw new ArgumentException($"{frame} is larger than the {MessageSerializer.LargestPayload} bytes that a frame may have; share the tensor in parts", nameof(frame));

    /// <exception cref="ProtocolViolationException">The frame is not as it was sent.</exception>
    public Frame Open(SealedFrame message) => message.Mark?.IsOn(message, key) == true || TagOf(message.Frame) == message.Tag
        ? message.Frame
        : throw new ProtocolViolationException($"{message.Frame} was altered on its way: its tag does not fit");

    public void Dispose() => _gcm.Dispose();

    UInt128 TagOf(Frame frame)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        nonce.Clear();
        (nonce[0], nonce[1], nonce[2]) = ((byte)frame.From, (byte)frame.To, (byte)frame.Phase);
        BinaryPrimitives.WriteUInt32LittleEndian(nonce[4..], frame.Sequence);
        BinaryPrimitives.WriteInt32LittleEndian(nonce[8..], frame.Payload.Length);

        var length = NhDigest.LengthOf(frame.Payload.Length);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        var digest = rented.AsSpan(0, length);
        _digest.Write(frame.Payload.Span, digest);
        Span<byte> tag = stackalloc byte[TagBytes];
        _gcm.Encrypt(nonce, [], [], tag, digest);
        ArrayPool<byte>.Shared.Return(rented);
        return BinaryPrimitives.ReadUInt128LittleEndian(tag);
    }

    static byte[] KeyBytes(Seed key)
    {
        var bytes = new byte[Seed.Bytes];
        key.WriteTo(bytes);
        return bytes;
    }
}
