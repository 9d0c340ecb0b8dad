using System.Buffers.Binary;
using System.Security.Cryptography;
using MpcActors.Protocols;

namespace MpcActors.Actors;

/// <summary>A hash of every frame of a run. Links are hashed apart and joined at the end, so that time, which orders links among each other, does not enter.</summary>
public sealed class Transcript
{
    /// <summary>Of <see cref="HashOf"/>.</summary>
    public const int LinkHashDigits = 2 * SHA256.HashSizeInBytes;

    static readonly int Roles = Enum.GetValues<Role>().Length;
    readonly byte[]?[] _links = new byte[Roles * Roles][];

    public void Add(SealedFrame message)
    {
        var frame = message.Frame;
        var link = (int)frame.From * Roles + (int)frame.To;
        Span<byte> entry = stackalloc byte[SHA256.HashSizeInBytes + FrameSeal.TagBytes + sizeof(uint) + sizeof(int) + 1];
        entry.Clear();
        _links[link]?.CopyTo(entry);
        var rest = entry[SHA256.HashSizeInBytes..];
        BinaryPrimitives.WriteUInt128LittleEndian(rest, message.Tag);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[FrameSeal.TagBytes..], frame.Sequence);
        BinaryPrimitives.WriteInt32LittleEndian(rest[(FrameSeal.TagBytes + sizeof(uint))..], frame.Payload.Length);
        rest[^1] = (byte)frame.Phase;
        _links[link] = SHA256.HashData(entry);
    }

    /// <summary>The hash of one link alone, in hexadecimal; null where no frame was sent.</summary>
    public string? HashOf(Role from, Role to) => _links[(int)from * Roles + (int)to] is { } link ? Convert.ToHexStringLower(link) : null;

    /// <summary>Takes over a link that was hashed elsewhere, such as at the node that sent its frames.</summary>
    public void Take(Role from, Role to, string hash) => _links[(int)from * Roles + (int)to] = Convert.FromHexString(hash);

    /// <summary>64 hexadecimal digits.</summary>
    public string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < _links.Length; i++)
        {
            if (_links[i] is not { } link) continue;
            hash.AppendData([(byte)i]);
            hash.AppendData(link);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
