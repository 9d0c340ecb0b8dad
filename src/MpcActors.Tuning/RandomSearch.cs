using MpcActors.Data;

namespace MpcActors.Tuning;

/// <summary>The control without any learning: independent points around zero, and the best one seen is the answer.</summary>
public sealed class RandomSearch(int dimension, double sigma, int population, ulong seed) : IOptimizer
{
    private readonly double[] best = new double[dimension];
    private double bestLoss = double.PositiveInfinity;
    private int generation;

    public double[] Mean => [.. best];

    public IReadOnlyList<double[]> Ask() => [.. Enumerable.Range(0, population).Select(Point)];

    public void Tell(IReadOnlyList<double> losses)
    {
        if (losses.Count != population)
            throw new ArgumentException($"{losses.Count} losses for a population of {population}", nameof(losses));
        for (var k = 0; k < population; k++)
        {
            if (!(losses[k] < bestLoss))
                continue;
            bestLoss = losses[k];
            Point(k).CopyTo(best, 0);
        }

        generation++;
    }

    public byte[] Save() => StateStream.Write(Heading, writer =>
    {
        writer.Write(generation);
        writer.Write(bestLoss);
        writer.Write((ReadOnlySpan<double>)best);
    });

    public void Restore(byte[] state) => StateStream.Read(state, Heading, reader =>
    {
        generation = reader.ReadInt32();
        bestLoss = reader.ReadDouble();
        reader.ReadInto(best);
    });

    private string Heading => $"random-search d={dimension} population={population} sigma={sigma:R} seed={seed}";

    private double[] Point(int k)
    {
        var point = new double[dimension];
        CounterGaussian.Fill(seed, (ulong)((long)generation * population + k), point);
        for (var i = 0; i < dimension; i++) point[i] *= sigma;
        return point;
    }
}
