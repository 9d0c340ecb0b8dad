using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MpcActors.Cli;

/// <summary>What every command reports. Numbers are in base units: bytes, seconds, counts, shares of one.</summary>
abstract record Report
{
    static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [JsonPropertyOrder(-1)]
    public string Schema { get; init; } = "mpc-actors/1";

    [JsonPropertyOrder(-1)]
    public required string Command { get; init; }

    [JsonPropertyOrder(-1)]
    public required ulong Seed { get; init; }

    [JsonPropertyOrder(-1)]
    public string Commit { get; init; } = Machine.OfCommit;

    [JsonPropertyOrder(-1)]
    public Machine Machine { get; init; } = Machine.Here;

    [JsonPropertyOrder(-1)]
    public string Runtime { get; init; } = Machine.OfRuntime;

    [JsonPropertyOrder(-1)]
    public double ElapsedSeconds { get; init; }

    /// <summary>One JSON object; the derived type decides its keys.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, GetType(), Format);
}
