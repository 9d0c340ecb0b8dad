using System.Buffers.Binary;
using System.Security.Cryptography;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Actors;

/// <summary>A 128-bit tag over all of a frame: AES-128-GMAC (NIST SP 800-38D), the key a session's, the nonce link and number.</summary>
/// <remarks>
/// An altered share would not be noticed by additive sharing itself: the result would be a wrong number. The tag makes it a
/// clean stop. The same tags, rolled into a hash, are the run's transcript.
/// </remarks>
public sealed class FrameSeal(Seed key) : IDisposable
{
    public const int TagBytes = 16;
    const int NonceBytes = 12;

    readonly AesGcm _gcm = new(KeyBytes(key), TagBytes);

    public SealedFrame Seal(Frame frame) => new(frame, TagOf(frame));

    /// <exception cref="ProtocolViolationException">The frame is not as it was sent.</exception>
    public Frame Open(SealedFrame message) => TagOf(message.Frame) == message.Tag
        ? message.Frame
        : throw new ProtocolViolationException($"{message.Frame} was altered on its way: its tag does not fit");

    public void Dispose() => _gcm.Dispose();

    UInt128 TagOf(Frame frame)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        nonce.Clear();
        (nonce[0], nonce[1], nonce[2]) = ((byte)frame.From, (byte)frame.To, (byte)frame.Phase);
        BinaryPrimitives.WriteUInt32LittleEndian(nonce[4..], frame.Sequence);
        Span<byte> tag = stackalloc byte[TagBytes];
        _gcm.Encrypt(nonce, [], [], tag, frame.Payload.Span);
        return BinaryPrimitives.ReadUInt128LittleEndian(tag);
    }

    static byte[] KeyBytes(Seed key)
    {
        var bytes = new byte[Seed.Bytes];
        key.WriteTo(bytes);
        return bytes;
    }
}
