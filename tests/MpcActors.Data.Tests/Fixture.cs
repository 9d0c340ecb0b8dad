using System.IO.Compression;
using System.Text.Json;

namespace MpcActors.Data.Tests;

/// <summary>The gzipped JSON files of tests/Fixtures.</summary>
static class Fixture
{
    static readonly JsonSerializerOptions Options = new() { PropertyNameCaseInsensitive = true };

    public static T Read<T>(string name)
    {
        using var stream = typeof(Fixture).Assembly.GetManifestResourceStream(name)!;
        using var unzipped = new GZipStream(stream, CompressionMode.Decompress);
        return JsonSerializer.Deserialize<T>(unzipped, Options)!;
    }
}

sealed record Tokenization(string Text, int[] Ids);

sealed record ReferenceEmbedding(string Text, int[] Ids, double[] Embedding);
