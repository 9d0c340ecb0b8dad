using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Testing;

/// <summary>Checks that what crosses the link looks the same whatever the inputs: uniform, byte by byte (chi-squared).</summary>
public static class UniformView
{
    /// <summary>Chance of a false alarm about 10⁻⁶ a check: chi-squared with 255 degrees of freedom.</summary>
    const double Bound = 377;

    /// <exception cref="InvalidOperationException">The bytes that party zero sent are not uniform.</exception>
    public static void Check(IEnumerable<ulong> words)
    {
        var counts = new long[256];
        long total = 0;
        foreach (var word in words)
        {
            for (var shift = 0; shift < 64; shift += 8) counts[(int)(word >> shift) & 0xff]++;
            total += 8;
        }

        if (total < 2560) throw new InvalidOperationException($"{total} bytes are too few to tell");
        var expected = total / 256.0;
        var chiSquared = counts.Sum(count => (count - expected) * (count - expected) / expected);
        if (chiSquared > Bound) throw new InvalidOperationException($"opened bytes are not uniform: chi-squared {chiSquared:F0} over 255 degrees of freedom, {total} bytes");
    }

    /// <summary>Sums up both halves of each frame that the parties exchange: the values that the parties see opened.</summary>
    public static IEnumerable<ulong> Opened(TwoPartyRun run) =>
        run.Sent(Role.PartyZero, Role.PartyOne).Zip(run.Sent(Role.PartyOne, Role.PartyZero), (a, b) => a.Zip(b, (x, y) => x + y)).SelectMany(words => words);
}
