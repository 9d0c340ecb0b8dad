using System.Text.Json;
using MpcActors.Protocols;

namespace MpcActors.Models;

/// <summary>What an owner tells all seats in the open, as JSON: shapes and numbers of things, nothing secret. Whoever reads it checks that it can be.</summary>
public static class PublicMessage
{
    /// <param name="what">What was due, for the message: "the model owner's outline".</param>
    /// <exception cref="ProtocolViolationException">The bytes are no JSON of a <typeparamref name="T"/>.</exception>
    public static T Read<T>(ReadOnlySpan<byte> bytes, string what)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(bytes) ?? throw new ProtocolViolationException($"{what} is empty");
        }
        catch (Exception problem) when (problem is JsonException or NotSupportedException)
        {
            throw new ProtocolViolationException($"{what} is not what was due", problem);
        }
    }
}
