namespace MpcActors.Tuning;

/// <summary>
/// A minimiser that sees losses and nothing else. <see cref="Ask"/> and <see cref="Tell"/> alternate; between the two calls of a pair the
/// population may be asked for again and is the same.
/// </summary>
public interface IOptimizer
{
    /// <summary>The best single guess, which is what gets used in the end: the mean of the distribution, or the best point seen.</summary>
    double[] Mean { get; }

    /// <summary>The next points to be evaluated.</summary>
    IReadOnlyList<double[]> Ask();

    /// <summary>Losses of the points of the last <see cref="Ask"/>, in their order; none may be NaN.</summary>
    void Tell(IReadOnlyList<double> losses);

    /// <summary>Everything that later points depend on, bit for bit.</summary>
    byte[] Save();

    /// <summary>Continues from a saved state of an optimiser with the same settings.</summary>
    /// <exception cref="InvalidDataException">The state is of another kind, dimension or population.</exception>
    void Restore(byte[] state);
}
