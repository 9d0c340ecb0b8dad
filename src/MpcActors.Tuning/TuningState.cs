namespace MpcActors.Tuning;

/// <summary>A prompt that was checked on the development set, after this many queries.</summary>
public sealed record DevCheck(int Queries, double TrainLoss, double DevAccuracy, double DevLoss);

/// <summary>Everything that a tuning knows between two generations, with its bytes.</summary>
internal sealed class TuningState(IOptimizer optimizer)
{
    public IOptimizer Optimizer { get; } = optimizer;

    public int Queries { get; set; }

    public double[] BaselineOffsets { get; set; } = [];

    public double[,] ZeroShotTestLogits { get; set; } = new double[0, 0];

    /// <summary>The smallest training loss of each generation.</summary>
    public List<double> Losses { get; } = [];

    public List<DevCheck> Checks { get; } = [];

    public int BestCheck { get; set; }

    public double[] BestLatent { get; set; } = [];

    public double[] BestOffsets { get; set; } = [];

    public byte[] Save() => StateStream.Write(Heading, writer =>
    {
        writer.Write(Queries);
        WriteNumbers(writer, BaselineOffsets);
        writer.Write(ZeroShotTestLogits.GetLength(0));
        writer.Write(ZeroShotTestLogits.GetLength(1));
        foreach (var logit in ZeroShotTestLogits) writer.Write(logit);
        WriteNumbers(writer, [.. Losses]);
        writer.Write(Checks.Count);
        foreach (var check in Checks)
        {
            writer.Write(check.Queries);
            writer.Write((ReadOnlySpan<double>)[check.TrainLoss, check.DevAccuracy, check.DevLoss]);
        }

        writer.Write(BestCheck);
        WriteNumbers(writer, BestLatent);
        WriteNumbers(writer, BestOffsets);
        var optimizerState = Optimizer.Save();
        writer.Write(optimizerState.Length);
        writer.Write(optimizerState);
    });

    public void Restore(byte[] state) => StateStream.Read(state, Heading, reader =>
    {
        Queries = reader.ReadInt32();
        BaselineOffsets = ReadNumbers(reader);
        ZeroShotTestLogits = new double[Count(reader), Count(reader)];
        for (var text = 0; text < ZeroShotTestLogits.GetLength(0); text++)
            for (var c = 0; c < ZeroShotTestLogits.GetLength(1); c++)
                ZeroShotTestLogits[text, c] = reader.ReadDouble();
        Losses.AddRange(ReadNumbers(reader));
        for (var left = Count(reader); left > 0; left--)
            Checks.Add(new DevCheck(reader.ReadInt32(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble()));
        BestCheck = reader.ReadInt32();
        BestLatent = ReadNumbers(reader);
        BestOffsets = ReadNumbers(reader);
        Optimizer.Restore(reader.ReadBytes(Count(reader)));
    });

    private const string Heading = "forward-only tuning";

    private static void WriteNumbers(BinaryWriter writer, double[] numbers)
    {
        writer.Write(numbers.Length);
        writer.Write((ReadOnlySpan<double>)numbers);
    }

    private static double[] ReadNumbers(BinaryReader reader)
    {
        var numbers = new double[Count(reader)];
        reader.ReadInto(numbers);
        return numbers;
    }

    private static int Count(BinaryReader reader)
    {
        var count = reader.ReadInt32();
        return count >= 0 && count <= reader.BaseStream.Length
            ? count
            : throw new InvalidDataException($"the saved state counts {count} items in {reader.BaseStream.Length} bytes");
    }
}
