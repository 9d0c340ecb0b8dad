using MpcActors.Data;

namespace MpcActors.Models;

/// <summary>
/// The public linear map from a latent z to a prompt's parameters: A[p, l] = n(p, l) · scale_p · alpha / √d', n standard normal.
/// Row p depends on the seed and p alone, so that any row can be made again by any role, to the bit.
/// </summary>
public sealed class PromptProjection
{
    /// <summary>The latent width and prompt strength of the runs in the documentation (d' = 500, alpha = 0.3).</summary>
    public const int DefaultLatent = 500;
    public const double DefaultAlpha = 0.3;

    /// <param name="scales">The public standard deviation of what each parameter is added to, one a parameter of the form.</param>
    public PromptProjection(ulong seed, PromptForm form, Encoder encoder, double[] scales, int latent = DefaultLatent, double alpha = DefaultAlpha)
        : this(seed, form, form.ParameterCount(encoder), scales, latent, alpha)
    {
    }

    /// <summary>For who knows only the shapes of the encoder.</summary>
    public PromptProjection(ulong seed, PromptForm form, int parameters, double[] scales, int latent, double alpha)
    {
        Parameters = parameters;
        if (scales.Length != Parameters)
            throw new ArgumentException($"{form} has {Parameters} parameters, but there are {scales.Length} scales", nameof(scales));
        if (latent < 1)
            throw new ArgumentException($"a latent has at least one dimension, not {latent}", nameof(latent));
        (Seed, Form, Scales, Latent, Alpha) = (seed, form, scales, latent, alpha);
        Matrix = new double[(long)Parameters * latent];
        Parallel.For(0, Parameters, row => Row(row, Matrix.AsSpan(row * latent, latent)));
    }

    /// <summary>Public: whoever multiplies by A makes it from this.</summary>
    public ulong Seed { get; }

    public PromptForm Form { get; }

    /// <summary>Length of A z.</summary>
    public int Parameters { get; }

    /// <summary>Length of z (d').</summary>
    public int Latent { get; }

    public double Alpha { get; }

    public double[] Scales { get; }

    /// <summary>A, row-major [Parameters, Latent].</summary>
    public double[] Matrix { get; }

    /// <summary>A z.</summary>
    public double[] Apply(double[] z)
    {
        if (z.Length != Latent)
            throw new ArgumentException($"the latent has {z.Length} numbers, the projection takes {Latent}", nameof(z));
        var result = new double[Parameters];
        Parallel.For(0, Parameters, row => result[row] = FixedOrder.Dot(Matrix.AsSpan(row * Latent, Latent), z));
        return result;
    }

    private void Row(int row, Span<double> destination)
    {
        CounterGaussian.Fill(Seed, (ulong)row, destination);
        var scale = Scales[row] * Alpha / Math.Sqrt(Latent);
        for (var i = 0; i < destination.Length; i++) destination[i] *= scale;
    }
}
