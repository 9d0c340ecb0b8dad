namespace MpcActors.Tuning;

/// <summary>A prompt that was checked on the development set, after this many queries.</summary>
public sealed record DevCheck(int Queries, double TrainLoss, double DevAccuracy, double DevLoss);

/// <summary>Everything that a tuning knows between two generations, with its bytes.</summary>
internal sealed class TuningState(IOptimizer optimizer)
{
    public IOptimizer Optimizer { get; } = optimizer;

    public int Queries { get; set; }

    public double[] BaselineOffsets { get; set; } = [];

    public double ZeroShot { get; set; }

    public double[,] ZeroShotTestLogits { get; set; } = new double[0, 0];

    /// <summary>The smallest training loss of each generation.</summary>
    public List<double> Losses { get; } = [];

    public List<DevCheck> Checks { get; } = [];

    public int BestCheck { get; set; }

    public double[] BestLatent { get; set; } = [];

    public double[] BestOffsets { get; set; } = [];

    /// <param name="facts">Of the run, in words, so that a difference can be named.</param>
    public void Write(string path, RunFacts facts) => TuningCheckpoint.Write(path, StateStream.Write(Heading, writer =>
    {
        facts.Write(writer);
        writer.Write(Queries);
        writer.Write(ZeroShot);
        writer.WriteNumbers(BaselineOffsets);
        writer.WriteTable(ZeroShotTestLogits);
        writer.WriteNumbers([.. Losses]);
        writer.Write(Checks.Count);
        foreach (var check in Checks)
        {
            writer.Write(check.Queries);
            writer.Write((ReadOnlySpan<double>)[check.TrainLoss, check.DevAccuracy, check.DevLoss]);
        }

        writer.Write(BestCheck);
        writer.WriteNumbers(BestLatent);
        writer.WriteNumbers(BestOffsets);
        var optimizerState = Optimizer.Save();
        writer.Write(optimizerState.Length);
        writer.Write(optimizerState);
    }));

    /// <summary>Takes up what a file holds, if there is one.</summary>
    /// <exception cref="InvalidDataException">It is damaged or belongs to a run with other settings or data; the message says which.</exception>
    public bool TryRead(string path, RunFacts facts)
    {
        if (TuningCheckpoint.Read(path) is not { } state) return false;
        StateStream.Read(state, Heading, reader =>
        {
            facts.Require(reader, path);
            Restore(reader);
        });
        return true;
    }

    void Restore(BinaryReader reader)
    {
        Queries = reader.ReadInt32();
        ZeroShot = reader.ReadDouble();
        BaselineOffsets = reader.ReadNumbers();
        ZeroShotTestLogits = reader.ReadTable();
        Losses.AddRange(reader.ReadNumbers());
        for (var left = reader.ReadCount(); left > 0; left--)
            Checks.Add(new DevCheck(reader.ReadInt32(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble()));
        BestCheck = reader.ReadInt32();
        BestLatent = reader.ReadNumbers();
        BestOffsets = reader.ReadNumbers();
        Optimizer.Restore(reader.ReadBytes(reader.ReadCount()));
    }

    private const string Heading = "forward-only tuning";
}
