using System.Text.Json;
using MpcActors.Models;
using MpcActors.Models.Private;
using MpcActors.Protocols;

namespace MpcActors.Tuning.Federated;

/// <summary>What an owner in a process of its own says to parties and dealer before its first session. Public.</summary>
/// <param name="Brings">Keyed hash of all it will share, see <see cref="FederationSeeds.Brings"/>.</param>
/// <param name="Lengths">A client's: tokens of each of its texts. Empty of the model owner.</param>
/// <param name="Outline">The model owner's: shapes of the encoder. Null of a client.</param>
public sealed record Announcement(string Brings, int[] Lengths, EncoderOutline? Outline)
{
    public const int MostTexts = 1 << 20;

    const int LongestText = 1 << 12;

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <param name="isOfModel">Of the model owner; otherwise of a client.</param>
    /// <exception cref="ProtocolViolationException">The bytes are no announcement, or one that cannot be.</exception>
    public static Announcement FromBytes(ReadOnlySpan<byte> bytes, bool isOfModel)
    {
        var announcement = PublicMessage.Read<Announcement>(bytes, isOfModel ? "the model owner's announcement" : "a client's announcement");
        if (announcement.Brings is not { Length: 32 } || !announcement.Brings.All(char.IsAsciiHexDigitLower)) throw new ProtocolViolationException("an owner announces something else than a hash");
        if (isOfModel)
        {
            if (announcement.Outline is not { } outline) throw new ProtocolViolationException("the model owner announces no model");
            return announcement with { Outline = EncoderOutline.FromBytes(outline.ToBytes()) };
        }

        return announcement.Lengths is { Length: > 0 and <= MostTexts } lengths && Array.TrueForAll(lengths, length => length is > 0 and <= LongestText)
            ? announcement
            : throw new ProtocolViolationException($"a client announces texts that cannot be: 1 to {MostTexts} of 1 to {LongestText} tokens were due");
    }
}
