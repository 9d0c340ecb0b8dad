namespace MpcActors.Tuning.Gradients;

/// <summary>What the data owner knows between two steps, as a file of its own.</summary>
sealed record GradientState(double[] Offsets, double[,] ZeroShotTestLogits, List<double> Losses, List<StepCheck> Checks)
{
    const string Heading = "training by gradients";

    public void Write(string path, RunFacts facts) => TuningCheckpoint.Write(path, StateStream.Write(Heading, writer =>
    {
        facts.Write(writer);
        writer.WriteNumbers(Offsets);
        writer.WriteTable(ZeroShotTestLogits);
        writer.WriteNumbers([.. Losses]);
        writer.Write(Checks.Count);
        foreach (var check in Checks)
        {
            writer.Write(check.Steps);
            writer.Write((ReadOnlySpan<double>)[check.DevAccuracy, check.DevLoss]);
        }
    }));

    /// <summary>The state, or null if there is no such file.</summary>
    /// <param name="most">Steps that there can be.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or of other settings or texts.</exception>
    public static GradientState? Read(string path, RunFacts facts, int most)
    {
        if (TuningCheckpoint.Read(path) is not { } bytes) return null;
        GradientState? state = null;
        StateStream.Read(bytes, Heading, reader =>
        {
            facts.Require(reader, path);
            var offsets = reader.ReadNumbers();
            var logits = reader.ReadTable();
            var losses = reader.ReadNumbers();
            var checks = new List<StepCheck>();
            for (var left = reader.ReadCount(); left > 0; left--) checks.Add(new(reader.ReadInt32(), reader.ReadDouble(), reader.ReadDouble()));
            if (losses.Length > most || checks.Count == 0) throw new InvalidDataException($"{path} has {losses.Length} steps and {checks.Count} checks, which cannot be");
            state = new(offsets, logits, [.. losses], checks);
        });
        return state;
    }
}
