using MathNet.Numerics.LinearAlgebra;
using MpcActors.Data;
using MpcActors.Models;

namespace MpcActors.Tuning;

/// <summary>
/// CMA-ES with a full covariance matrix: weighted recombination, cumulative step-size adaptation, rank-one and rank-µ updates
/// (Hansen, "The CMA Evolution Strategy: A Tutorial", arXiv 1604.00772; equation numbers below are its).
/// </summary>
/// <remarks>
/// <para>1. Ask: x_k = m + σ y_k, y_k = B D n_k, n_k standard normal (38–40).</para>
/// <para>2. Tell: with the µ best by loss, ties by order, y_w = Σ w_i y_i:λ and m ← m + σ y_w (41, 42).</para>
/// <para>3. p_σ ← (1 − c_σ) p_σ + √(c_σ(2 − c_σ)µ_eff) C^−½ y_w; σ ← σ exp((c_σ/d_σ)(|p_σ|/E|n| − 1)) (43, 44).</para>
/// <para>4. p_c likewise with y_w, stalled while p_σ is long (45); C ← (1 − c_1 − c_µ(…)) C + c_1 p_c p_cᵀ + c_µ Σ w_i y_i y_iᵀ (47),
/// with positive weights only (the tutorial's default before active updates).</para>
/// <para>5. B and D are renewed from C every 1/(10 d (c_1 + c_µ)) generations, so that an evaluation costs O(d²).</para>
/// All randomness comes from <see cref="CounterGaussian"/>: number i of stream g·λ + k is coordinate i of individual k of generation g.
/// </remarks>
public sealed class Cma : IOptimizer
{
    private readonly int dimension;
    private readonly int population;
    private readonly ulong seed;

    private readonly double[] weights;
    private readonly double effective, rateSigma, dampSigma, rateC, rate1, rateMu, expectedNorm;
    private readonly int decompositionGap;

    private readonly double[] mean, pathSigma, pathC;
    private readonly double[] covariance; // [d, d], symmetric
    private readonly double[] basis; // B, [d, d], columns are eigenvectors
    private readonly double[] deviations; // D
    private double sigma;
    private int generation;
    private int decomposed;

    /// <param name="start">m of the first generation; its length is the dimension.</param>
    /// <param name="population">λ, at least 4.</param>
    public Cma(double[] start, double sigma, int population, ulong seed)
    {
        if (start.Length < 2)
            throw new ArgumentException($"CMA-ES needs at least 2 dimensions, not {start.Length}", nameof(start));
        if (population < 4)
            throw new ArgumentException($"CMA-ES needs a population of at least 4, not {population}", nameof(population));
        if (!(sigma > 0) || !double.IsFinite(sigma))
            throw new ArgumentException($"the first step size must be positive, not {sigma}", nameof(sigma));
        (dimension, this.population, this.seed, this.sigma) = (start.Length, population, seed, sigma);
        double n = dimension;

        // Strategy parameters: table 1 of the tutorial.
        weights = [.. Enumerable.Range(1, population / 2).Select(i => Math.Log((population + 1) / 2.0) - Math.Log(i))];
        var total = weights.Sum();
        weights = [.. weights.Select(weight => weight / total)];
        effective = 1 / weights.Sum(weight => weight * weight);
        rateSigma = (effective + 2) / (n + effective + 5);
        dampSigma = 1 + 2 * Math.Max(0, Math.Sqrt((effective - 1) / (n + 1)) - 1) + rateSigma;
        rateC = (4 + effective / n) / (n + 4 + 2 * effective / n);
        rate1 = 2 / ((n + 1.3) * (n + 1.3) + effective);
        rateMu = Math.Min(1 - rate1, 2 * (effective - 2 + 1 / effective) / ((n + 2) * (n + 2) + effective));
        expectedNorm = Math.Sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
        decompositionGap = Math.Max(1, (int)(1 / (10 * n * (rate1 + rateMu))));

        mean = [.. start];
        (pathSigma, pathC) = (new double[dimension], new double[dimension]);
        (covariance, basis) = (Identity(), Identity());
        deviations = new double[dimension];
        Array.Fill(deviations, 1);
    }

    public double[] Mean => [.. mean];

    /// <summary>The step size σ.</summary>
    public double Sigma => sigma;

    /// <summary>Generations told so far.</summary>
    public int Generation => generation;

    public IReadOnlyList<double[]> Ask()
    {
        var points = Steps();
        foreach (var point in points)
            for (var i = 0; i < dimension; i++)
                point[i] = mean[i] + sigma * point[i];
        return points;
    }

    public void Tell(IReadOnlyList<double> losses)
    {
        if (losses.Count != population)
            throw new ArgumentException($"{losses.Count} losses for a population of {population}", nameof(losses));
        for (var k = 0; k < population; k++)
            if (double.IsNaN(losses[k]))
                throw new ArgumentException($"the loss of individual {k} is not a number", nameof(losses));

        // The steps are made again rather than kept, so that a state saved between Ask and Tell needs no population.
        var steps = Steps();
        var best = Enumerable.Range(0, population).OrderBy(k => losses[k]).ThenBy(k => k).Take(weights.Length).Select(k => steps[k]).ToArray();
        var step = new double[dimension];
        for (var rank = 0; rank < best.Length; rank++)
            for (var i = 0; i < dimension; i++)
                step[i] += weights[rank] * best[rank][i];

        for (var i = 0; i < dimension; i++) mean[i] += sigma * step[i];
        generation++;
        Accumulate(pathSigma, rateSigma, Whitened(step));
        var length = Math.Sqrt(FixedOrder.Dot(pathSigma, pathSigma));
        var stalled = length / Math.Sqrt(1 - Math.Pow(1 - rateSigma, 2 * generation)) >= (1.4 + 2.0 / (dimension + 1)) * expectedNorm;
        if (stalled)
            Decay(pathC, 1 - rateC);
        else
            Accumulate(pathC, rateC, step);
        Adapt(best, stalled);
        sigma *= Math.Exp(rateSigma / dampSigma * (length / expectedNorm - 1));
        if (generation - decomposed >= decompositionGap)
            Decompose();
    }

    public byte[] Save() => StateStream.Write(Heading, writer =>
    {
        writer.Write(generation);
        writer.Write(decomposed);
        writer.Write(sigma);
        foreach (var numbers in Numbers()) writer.Write((ReadOnlySpan<double>)numbers);
    });

    public void Restore(byte[] state) => StateStream.Read(state, Heading, reader =>
    {
        generation = reader.ReadInt32();
        decomposed = reader.ReadInt32();
        sigma = reader.ReadDouble();
        foreach (var numbers in Numbers()) reader.ReadInto(numbers);
    });

    private string Heading => $"cma d={dimension} population={population} seed={seed}";

    private double[][] Numbers() => [mean, pathSigma, pathC, covariance, basis, deviations];

    /// <summary>y_k = B D n_k for the whole population.</summary>
    private double[][] Steps()
    {
        var steps = new double[population][];
        Parallel.For(0, population, k =>
        {
            var scaled = new double[dimension];
            CounterGaussian.Fill(seed, (ulong)((long)generation * population + k), scaled);
            for (var i = 0; i < dimension; i++) scaled[i] *= deviations[i];
            var step = new double[dimension];
            for (var i = 0; i < dimension; i++) step[i] = FixedOrder.Dot(basis.AsSpan(i * dimension, dimension), scaled);
            steps[k] = step;
        });
        return steps;
    }

    /// <summary>C^−½ y = B D⁻¹ Bᵀ y.</summary>
    private double[] Whitened(double[] y)
    {
        var inner = new double[dimension];
        for (var i = 0; i < dimension; i++)
            for (var j = 0; j < dimension; j++)
                inner[j] += basis[i * dimension + j] * y[i];
        for (var j = 0; j < dimension; j++) inner[j] /= deviations[j];
        var result = new double[dimension];
        for (var i = 0; i < dimension; i++) result[i] = FixedOrder.Dot(basis.AsSpan(i * dimension, dimension), inner);
        return result;
    }

    private void Accumulate(double[] path, double rate, double[] step)
    {
        var gain = Math.Sqrt(rate * (2 - rate) * effective);
        for (var i = 0; i < dimension; i++) path[i] = (1 - rate) * path[i] + gain * step[i];
    }

    private static void Decay(double[] path, double factor)
    {
        for (var i = 0; i < path.Length; i++) path[i] *= factor;
    }

    private void Adapt(double[][] best, bool stalled)
    {
        // Where p_c stalls, the variance it would have added is kept from C (the δ(h_σ) term of 47).
        var keep = 1 - rate1 - rateMu + (stalled ? rate1 * rateC * (2 - rateC) : 0);
        Parallel.For(0, dimension, i =>
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = keep * covariance[i * dimension + j] + rate1 * pathC[i] * pathC[j];
                for (var rank = 0; rank < best.Length; rank++) sum += rateMu * weights[rank] * best[rank][i] * best[rank][j];
                covariance[i * dimension + j] = sum;
            }
        });
        for (var i = 0; i < dimension; i++)
            for (var j = 0; j < i; j++)
                covariance[j * dimension + i] = covariance[i * dimension + j];
    }

    private void Decompose()
    {
        var eigen = Matrix<double>.Build.Dense(dimension, dimension, [.. covariance]).Evd(Symmetricity.Symmetric);
        var largest = eigen.EigenValues.Max(value => value.Real);
        for (var j = 0; j < dimension; j++)
        {
            // Rounding may leave an eigenvalue at or below zero; a direction keeps at least 1e-14 of the largest variance.
            deviations[j] = Math.Sqrt(Math.Max(eigen.EigenValues[j].Real, 1e-14 * largest));
            for (var i = 0; i < dimension; i++) basis[i * dimension + j] = eigen.EigenVectors[i, j];
        }

        decomposed = generation;
    }

    private double[] Identity()
    {
        var identity = new double[dimension * dimension];
        for (var i = 0; i < dimension; i++) identity[i * dimension + i] = 1;
        return identity;
    }
}
