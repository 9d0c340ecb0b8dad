using MpcActors.Data;

namespace MpcActors.Tuning;

/// <summary>
/// A point and pairs of points on either side of it, from whose losses a gradient is estimated: what NES and SPSA have in common.
/// </summary>
/// <remarks>
/// Asked are c + s·n_k and c − s·n_k, pair by pair, n_k standard normal: number i of stream g·(λ/2) + k of <see cref="CounterGaussian"/> is coordinate i
/// of pair k of generation g. The pairs are made again rather than kept, so that a state saved between Ask and Tell needs no population.
/// </remarks>
internal sealed class GradientEstimate
{
    private readonly int pairs;
    private readonly double spread;
    private readonly ulong seed;

    /// <param name="name">Of the optimiser, for messages.</param>
    public GradientEstimate(string name, double[] start, double spread, double rate, int population, ulong seed)
    {
        if (start.Length == 0)
            throw new ArgumentException($"{name} needs at least 1 dimension", nameof(start));
        if (population < 2 || population % 2 != 0)
            throw new ArgumentException($"{name} asks for points in pairs: the population must be even and at least 2, not {population}", nameof(population));
        if (!(spread > 0) || !double.IsFinite(spread))
            throw new ArgumentException($"the spread of {name} must be positive, not {spread}", nameof(spread));
        if (!(rate > 0) || !double.IsFinite(rate))
            throw new ArgumentException($"the learning rate of {name} must be positive, not {rate}", nameof(rate));
        (Centre, pairs, this.spread, this.seed) = ([.. start], population / 2, spread, seed);
    }

    /// <summary>Moved in place by the optimiser.</summary>
    public double[] Centre { get; }

    /// <summary>Generations told so far.</summary>
    public int Generation { get; private set; }

    public double[][] Points()
    {
        var points = new double[2 * pairs][];
        for (var k = 0; k < pairs; k++)
        {
            var direction = Direction(k);
            (points[2 * k], points[2 * k + 1]) = (Moved(direction, spread), Moved(direction, -spread));
        }

        return points;
    }

    /// <summary>Ends the generation: Σ_k (v₊ − v₋)/(2 s · pairs) · n_k of what each pair's two points are worth, which for losses is the gradient's estimate.</summary>
    public double[] Tell(double[] values)
    {
        var gradient = new double[Centre.Length];
        for (var k = 0; k < pairs; k++)
        {
            var direction = Direction(k);
            var slope = (values[2 * k] - values[2 * k + 1]) / (2 * spread * pairs);
            for (var i = 0; i < gradient.Length; i++) gradient[i] += slope * direction[i];
        }

        Generation++;
        return gradient;
    }

    /// <exception cref="ArgumentException">Losses of another number than the population, or not numbers.</exception>
    public void Require(IReadOnlyList<double> losses)
    {
        if (losses.Count != 2 * pairs)
            throw new ArgumentException($"{losses.Count} losses for a population of {2 * pairs}", nameof(losses));
        for (var k = 0; k < losses.Count; k++)
            if (double.IsNaN(losses[k]))
                throw new ArgumentException($"the loss of individual {k} is not a number", nameof(losses));
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(Generation);
        writer.Write((ReadOnlySpan<double>)Centre);
    }

    public void Restore(BinaryReader reader)
    {
        Generation = reader.ReadInt32();
        reader.ReadInto(Centre);
    }

    private double[] Direction(int k)
    {
        var direction = new double[Centre.Length];
        CounterGaussian.Fill(seed, (ulong)((long)Generation * pairs + k), direction);
        return direction;
    }

    private double[] Moved(double[] direction, double by)
    {
        var point = new double[direction.Length];
        for (var i = 0; i < point.Length; i++) point[i] = Centre[i] + by * direction[i];
        return point;
    }
}
