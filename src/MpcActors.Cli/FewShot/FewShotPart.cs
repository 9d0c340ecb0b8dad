using System.Text.Json;

namespace MpcActors.Cli;

/// <summary>Where a tuning stood at a check.</summary>
/// <param name="SentBytes">Online, by both parties together, for the queries so far; null in the clear.</param>
/// <param name="TestAccuracy">Looked up for the curve alone: nothing is chosen by it. Null on shares, where it would cost a pass at each check.</param>
sealed record FewShotPoint(int Queries, long? SentBytes, double TrainLoss, double DevAccuracy, double? TestAccuracy);

/// <summary>One method on one draw of one task, in the clear or on shares: what is kept, and not done again.</summary>
/// <param name="Settings">Everything that decides it, on one line: a part of other settings is not taken for it.</param>
/// <param name="Accuracy">Of the test texts.</param>
/// <param name="WithOffsets">The same with class offsets that the owner fitted; null where a method has none to fit, or has fitted them in <paramref name="Accuracy"/>.</param>
/// <param name="Queries">Passes over the training texts, or steps.</param>
/// <param name="SentBytes">Online, by both parties together, for training; null in the clear.</param>
sealed record FewShotPart(
    string Task, string Method, ulong Seed, bool IsPrivate, string Settings, int TestTexts, double Accuracy, double? WithOffsets, int Queries, long? SentBytes, IReadOnlyList<FewShotPoint> Curve)
{
    static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    public string Where => IsPrivate ? "private" : "clear";

    /// <summary>What is kept in a file, or null if there is none or one of other settings.</summary>
    /// <exception cref="InvalidDataException">The file is none that an earlier run kept.</exception>
    public static FewShotPart? Read(string file, string settings)
    {
        if (!File.Exists(file)) return null;
        try
        {
            var part = JsonSerializer.Deserialize<FewShotPart>(File.ReadAllText(file), Format);
            if (part is { Settings: not null, Curve: not null }) return part.Settings == settings ? part : null;
        }
        catch (JsonException)
        {
        }

        throw new InvalidDataException($"{file} is no part of an earlier run; remove it, or name another folder with --out");
    }

    public void Write(string file) => new OutputFolder(Path.GetDirectoryName(file)!).Write(Path.GetFileName(file), JsonSerializer.Serialize(this, Format) + "\n");
}
