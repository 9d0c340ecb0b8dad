namespace MpcActors.Network;

/// <summary>When each packet of each link arrives: the arithmetic of the network, without a queue of packets.</summary>
internal sealed class LinkStates(NetworkConditions conditions)
{
    sealed class State
    {
        internal TimeSpan FreeAt, LastArrival;
        internal ulong Packets;
        internal bool IsDead;
    }

    readonly Dictionary<Link, State> _states = [];

    /// <summary>Puts a packet on its link and says when it arrives; null if never.</summary>
    internal TimeSpan? Send(Link link, long bytes, TimeSpan now, bool isOffline)
    {
        link.Validate();
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(now, TimeSpan.Zero);
        if (!_states.TryGetValue(link, out var state)) _states[link] = state = new State();

        var number = state.Packets++;
        var arrival = state.IsDead ? null : isOffline ? now : Travel(link, state, bytes, now, number);
        if (arrival is not { } at)
        {
            // What comes after a packet that never leaves must not overtake it.
            state.IsDead = true;
            return null;
        }

        return state.LastArrival = Max(at, state.LastArrival);
    }

    TimeSpan? Travel(Link link, State state, long bytes, TimeSpan now, ulong number)
    {
        var profile = conditions.ProfileOf(link);
        var work = profile.TimeToSend(bytes);
        if (Disturbance.Finish(conditions.DisturbancesOf(link), Max(state.FreeAt, now), work) is not { } sent) return null;

        state.FreeAt = sent;
        var noise = new Noise(conditions.Seed, link, number);
        var arrival = sent + profile.Latency + noise.UpTo(profile.Jitter);
        while (noise.Happens(profile.Loss)) arrival += profile.RetransmitAfter;
        return arrival;
    }

    static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
