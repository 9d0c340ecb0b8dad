namespace MpcActors.Network;

/// <summary>Numbers for jitter and loss: SplitMix64 (Steele, Lea, Flood 2014) at a place named by seed, link and packet.</summary>
/// <remarks>A generator per link with state would tie a packet's fate to what was drawn before it; a place does not.</remarks>
internal struct Noise
{
    const ulong Golden = 0x9E3779B97F4A7C15;
    ulong _state;

    internal Noise(ulong seed, Link link, ulong packet)
    {
        var place = Mix(seed + Golden);
        place = Mix(place ^ (((ulong)(uint)link.From << 32) | (uint)link.To));
        _state = Mix(place ^ packet);
    }

    internal ulong Next() => Mix(_state += Golden);

    /// <summary>Uniform in [0, limit], both included.</summary>
    internal TimeSpan UpTo(TimeSpan limit) => TimeSpan.FromTicks((long)Math.BigMul(Next(), (ulong)limit.Ticks + 1, out _));

    internal bool Happens(double probability) => (Next() >> 11) * (1.0 / (1UL << 53)) < probability;

    static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
