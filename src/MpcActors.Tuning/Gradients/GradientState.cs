namespace MpcActors.Tuning.Gradients;

/// <summary>What the data owner knows between two steps, as a file of its own: settings in words, so that a difference can be named.</summary>
sealed record GradientState(double[] Offsets, double[,] ZeroShotTestLogits, List<double> Losses, List<StepCheck> Checks)
{
    const string Heading = "training by gradients";

    static byte[] FileIdentity => new byte[32];

    public void Write(string path, GradientSettings settings, byte[] texts) => TuningCheckpoint.Write(path, FileIdentity, StateStream.Write(Heading, writer =>
    {
        writer.Write(settings.Facts.Count);
        foreach (var (name, value) in settings.Facts)
        {
            writer.Write(name);
            writer.Write(value);
        }

        writer.Write(texts);
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
    /// <exception cref="InvalidDataException">The file is damaged, or of other settings or texts.</exception>
    public static GradientState? Read(string path, GradientSettings settings, byte[] texts)
    {
        if (TuningCheckpoint.Read(path, FileIdentity) is not { } bytes) return null;
        GradientState? state = null;
        StateStream.Read(bytes, Heading, reader =>
        {
            var facts = new Dictionary<string, string>();
            for (var left = reader.ReadCount(); left > 0; left--) facts[reader.ReadString()] = reader.ReadString();
            foreach (var (name, value) in settings.Facts)
                if (facts.GetValueOrDefault(name) is var kept && kept != value)
                    throw new InvalidDataException($"{path} is of a run with other settings: its {name} is {kept ?? "not said"}, and {value} is asked for; repeat those, name another folder, or remove it to start anew");
            if (!reader.ReadBytes(texts.Length).AsSpan().SequenceEqual(texts))
                throw new InvalidDataException($"{path} is of a run with other texts; repeat those, name another folder, or remove it to start anew");
            var offsets = reader.ReadNumbers();
            var logits = reader.ReadTable();
            var losses = reader.ReadNumbers();
            var checks = new List<StepCheck>();
            for (var left = reader.ReadCount(); left > 0; left--) checks.Add(new(reader.ReadInt32(), reader.ReadDouble(), reader.ReadDouble()));
            if (losses.Length > settings.Steps || checks.Count == 0) throw new InvalidDataException($"{path} has {losses.Length} steps and {checks.Count} checks, which cannot be");
            state = new(offsets, logits, [.. losses], checks);
        });
        return state;
    }
}
