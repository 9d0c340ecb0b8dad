using System.Collections.Immutable;

namespace MpcActors.Network;

/// <summary>
/// A network as data: a profile for all links, others for single links, and faults that move time. It never changes, so a run and
/// its <see cref="Replay"/> can be put on the very same network.
/// </summary>
public sealed record NetworkConditions
{
    /// <summary>An end of a fault that is never reached.</summary>
    public static readonly TimeSpan Never = TimeSpan.MaxValue;

    /// <param name="seed">Fixes jitter and loss. A draw depends on seed, link and the packet's number on that link, and on nothing else.</param>
    public NetworkConditions(LinkProfile profile, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(profile);
        (Profile, Seed) = (profile, seed);
    }

    public LinkProfile Profile { get; }

    public ulong Seed { get; }

    ImmutableDictionary<Link, LinkProfile> Own { get; init; } = ImmutableDictionary<Link, LinkProfile>.Empty;

    ImmutableDictionary<Link, ImmutableList<Disturbance>> Disturbances { get; init; } =
        ImmutableDictionary<Link, ImmutableList<Disturbance>>.Empty;

    public static implicit operator NetworkConditions(LinkProfile profile) => new(profile);

    public LinkProfile ProfileOf(Link link) => Own.GetValueOrDefault(link, Profile);

    /// <summary>Gives one direction a profile of its own.</summary>
    public NetworkConditions With(Link link, LinkProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        link.Validate();
        return this with { Own = Own.SetItem(link, profile) };
    }

    /// <summary>Gives every link to or from one end, such as a slow client, a profile of its own.</summary>
    public NetworkConditions WithEnd(int end, IEnumerable<int> others, LinkProfile profile) =>
        others.Aggregate(this, (conditions, other) => conditions.With(new(end, other), profile).With(new(other, end), profile));

    /// <summary>
    /// Nothing leaves on the link in [from, until): a packet waits, one half sent goes on afterwards, and one already sent arrives.
    /// With <see cref="Never"/> as the end, what has not left by then is never delivered.
    /// </summary>
    public NetworkConditions Cut(Link link, TimeSpan from, TimeSpan until) => Add(link, new(from, until, Disturbance.Nothing));

    /// <summary>In [from, until) a packet takes <paramref name="factor"/> times as long to leave; travel time stays. Overlapping factors multiply.</summary>
    public NetworkConditions SlowDown(Link link, int factor, TimeSpan from, TimeSpan until) => factor >= 1
        ? Add(link, new(from, until, factor))
        : throw new ArgumentOutOfRangeException(nameof(factor), factor, $"A slow-down takes at least 1 times as long, not {factor} times; to stop a link, cut it.");

    internal ImmutableList<Disturbance> DisturbancesOf(Link link) => Disturbances.GetValueOrDefault(link, []);

    NetworkConditions Add(Link link, Disturbance disturbance)
    {
        link.Validate();
        if (disturbance.From < TimeSpan.Zero || disturbance.Until <= disturbance.From)
            throw new ArgumentException($"A fault on {link} must begin at or after 0 and end after it begins, but is from {disturbance.From} until {disturbance.Until}.");
        return this with { Disturbances = Disturbances.SetItem(link, DisturbancesOf(link).Add(disturbance)) };
    }
}
