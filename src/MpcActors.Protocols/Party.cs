using MpcActors.Fss;
using MpcActors.Protocols.FunctionSecretSharing;
using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>A program of the computing parties: sequential code that awaits rounds.</summary>
public delegate ValueTask PartyProgram(Party party);

/// <summary>What protocol code is written against: a seat, correlated randomness, openings, and the links to the owners.</summary>
/// <remarks>
/// The same program is run from every <see cref="Seat"/>. At the two parties shares have values. At the dealer's they are
/// hollow, openings return at once, and what the program draws is dealt. At the planner's nothing has values and only the
/// meter moves.
/// </remarks>
public sealed class Party
{
    /// <summary>How many segments the dealer may be ahead of party one: one being used, one ready.</summary>
    const int SegmentsAhead = 2;

    readonly Port _port;
    Seed _zeroSeed;
    Seed _oneSeed;
    int _segmentsUnconfirmed;

    /// <param name="dealerSeed">The dealer's own seed; the parties get theirs from the dealer, the planner needs none.</param>
    public Party(Seat seat, Port port, Seed dealerSeed = default)
    {
        (Seat, _port) = (seat, port);
        _zeroSeed = dealerSeed.Derive("party-0");
        _oneSeed = dealerSeed.Derive("party-1");
        Correlations = new HollowCorrelations(port.Meter);
    }

    public Seat Seat { get; }

    public Meter Meter => _port.Meter;

    /// <summary>Whether what is exchanged now belongs to setting up a model rather than to a run: it is counted apart and takes no time of the run.</summary>
    public bool IsSettingUp => Meter.IsSettingUp;

    /// <summary>The correlated randomness of the current epoch.</summary>
    public Correlations Correlations { get; private set; }

    Role Peer => Seat == Seat.Zero ? Role.PartyOne : Role.PartyZero;

    bool IsComputing => Seat is Seat.Zero or Seat.One;

    Phase Phase => IsSettingUp ? Phase.Offline : Phase.Online;

    /// <summary>Gets the parties their seeds from the dealer. Once a session, before the first epoch.</summary>
    public async ValueTask Start()
    {
        switch (Seat)
        {
            case Seat.Dealer:
                _port.Send(Role.PartyZero, SeedBytes(_zeroSeed), Phase.Offline);
                _port.Send(Role.PartyOne, SeedBytes(_oneSeed), Phase.Offline);
                break;
            case Seat.Zero:
                _zeroSeed = await ReceiveSeed(Role.Dealer);
                break;
            case Seat.One:
                _oneSeed = await ReceiveSeed(Role.Dealer);
                break;
        }
    }

    /// <summary>Does what a deployment does once for a model, such as opening its weights under their masks.</summary>
    public async ValueTask<T> SetUp<T>(Func<ValueTask<T>> work)
    {
        using var scope = Meter.Enter("set up");
        Meter.IsSettingUp = true;
        try
        {
            return await work();
        }
        finally
        {
            Meter.IsSettingUp = false;
        }
    }

    /// <summary>Starts a fresh stream of correlations, a function of the session's seed and <paramref name="number"/> alone.</summary>
    /// <remarks>
    /// A resumed session repeats an interrupted epoch on the same inputs and so sends the same bytes again, which tells nobody
    /// anything new; a new epoch never shares a mask with another (docs/decisions/0006).
    /// </remarks>
    public async ValueTask BeginEpoch(ulong number)
    {
        Correlations = Seat switch
        {
            Seat.Dealer => new DealerCorrelations(_zeroSeed.Derive("epoch", number), _oneSeed.Derive("epoch", number), Meter),
            Seat.Zero => new PartyCorrelations(Seat, _zeroSeed.Derive("epoch", number), Meter),
            Seat.One => new PartyCorrelations(Seat, _oneSeed.Derive("epoch", number), Meter),
            _ => Correlations,
        };
        await LoadSegment();
    }

    /// <summary>Ends the epoch: all seats must have drawn the same, and used what was dealt. Results leave after it, not before.</summary>
    /// <exception cref="ProtocolViolationException">Dealer and party have run different programs.</exception>
    public async ValueTask EndEpoch()
    {
        await DealSegment();
        if (Seat == Seat.One) ((PartyCorrelations)Correlations).Load([]);
        if (IsComputing) _port.Send(Role.Dealer, [Correlations.Drawn], Phase.Offline);
        if (Seat != Seat.Dealer) return;

        for (; _segmentsUnconfirmed > 0; _segmentsUnconfirmed--) await _port.ReceiveWords(Role.PartyOne, 0);
        await RequireSameDraws(Role.PartyZero);
        await RequireSameDraws(Role.PartyOne);
    }

    /// <summary>Masks shares with fresh uniform masks and opens them together: one round.</summary>
    public async ValueTask<Masked[]> Mask(params Share[] shares)
    {
        var opening = new Opening(this);
        var masks = Array.ConvertAll(shares, share => (ZeroHalf: Correlations.ZeroHalfOfNext(share.Shape), Value: Correlations.Uniform(share.Shape)));
        var slots = shares.Zip(masks, (share, mask) => opening.Add(share.Value, mask.Value)).ToArray();
        await opening.Exchange();
        return shares.Select((share, i) => new Masked(slots[i].Opened, masks[i].Value, share.FractionBits) { IsWhole = true, ZeroHalf = masks[i].ZeroHalf }).ToArray();
    }

    /// <summary>Masks one share with a fresh uniform mask and opens it: one round.</summary>
    public async ValueTask<Masked> Mask(Share share) => (await Mask([share]))[0];

    /// <summary>This party's keys to <paramref name="count"/> functions that the dealer knows; null where nothing has values. No round.</summary>
    /// <remarks>
    /// A root comes from the party's own seed. The corrections, the same for both parties, come from the dealer in a frame of
    /// their own, which follows the segment in which they were drawn.
    /// </remarks>
    /// <param name="functions">What the keys share; only ever called at the dealer's.</param>
    /// <exception cref="ProtocolViolationException">The dealer's frame is not as large as the keys.</exception>
    public async ValueTask<FssKeys?> TakeKeys(KeyForm form, int count, Func<SecretFunctions> functions)
    {
        var roots = Correlations.KeyRoots(form, count, functions);
        if (!IsComputing) return null;
        var corrections = await _port.ReceiveWords(Role.Dealer, checked(count * (form.CorrectionBits / 64)));
        return new(form, Seat == Seat.One ? 1 : 0, roots, corrections);
    }

    /// <summary>Adds a public tensor of the same fraction bits; party one does it for both.</summary>
    public Share AddPublic(Share share, RingTensor publicAddend) =>
        Seat == Seat.One ? share with { Value = share.Value + publicAddend } : share;

    /// <summary>Adds the same public value everywhere.</summary>
    public Share AddPublic(Share share, double publicAddend)
    {
        var encoded = FixedPoint.Encode(publicAddend, share.FractionBits);
        return Seat == Seat.One ? share with { Value = share.Value + encoded } : share;
    }

    /// <summary>A share of a public tensor.</summary>
    public Share Public(RingTensor value, int fractionBits) => Seat switch
    {
        Seat.One => new(value, fractionBits),
        Seat.Zero => Share.Zeros(value.Shape, fractionBits),
        _ => new(RingTensor.Hollow(value.Shape), fractionBits),
    };

    /// <summary>The wire as a plain share: b·Public − [r]. Local.</summary>
    public Share Unmask(Masked wire) => new(
        Seat == Seat.One ? wire.Public - wire.Mask : Seat == Seat.Zero ? -wire.Mask : RingTensor.Hollow(wire.Shape), wire.FractionBits);

    /// <summary>Takes a share that an owner sends (<see cref="Sharing"/>); hollow from the other seats.</summary>
    public async ValueTask<Share> ReceiveShare(Role owner, Shape shape, int fractionBits = FixedPoint.FractionBits) => Seat switch
    {
        Seat.Zero => new(Sharing.ZeroHalf(await ReceiveSeed(owner), shape), fractionBits),
        Seat.One => new(RingTensor.Of(shape, await _port.ReceiveWords(owner, shape.Count)), fractionBits),
        _ => new(RingTensor.Hollow(shape), fractionBits),
    };

    /// <summary>Takes public bytes that an owner sends to every seat, such as the shapes of a job.</summary>
    public ValueTask<ReadOnlyMemory<byte>> ReceivePublic(Role owner) => _port.Receive(owner);

    /// <summary>Asks an owner for more by a word that both understand; party zero does it for all.</summary>
    public void Ask(Role owner, ulong request)
    {
        if (Seat == Seat.Zero) _port.Send(owner, [request], Phase);
    }

    /// <summary>Gives an owner this side's half of a result.</summary>
    public void SendShare(Role owner, Share share)
    {
        if (IsComputing) _port.Send(owner, share.Value.Values);
    }

    /// <summary>One round between the parties. Called through <see cref="Opening"/>.</summary>
    internal async ValueTask<ulong[]> Exchange(ulong[] own)
    {
        if (!IsSettingUp) Meter.CountRound();
        Meter.CountElements(own.Length);
        _port.Send(Peer, own, Phase);
        var other = await _port.ReceiveWords(Peer, own.Length);
        await LoadSegment();
        return other;
    }

    /// <summary>The same round where nothing has values.</summary>
    internal async ValueTask ExchangeHollow(int words)
    {
        if (!IsSettingUp) Meter.CountRound();
        Meter.CountElements(words);
        if (Seat == Seat.Planner) Meter.CountSent(Role.PartyOne, (long)words * sizeof(ulong), Phase);
        await DealSegment();
    }

    /// <summary>At the dealer's: sends party one the corrections drawn since the last segment, both parties the keys, and does not run too far ahead.</summary>
    async ValueTask DealSegment()
    {
        if (Seat != Seat.Dealer) return;
        _port.Send(Role.PartyOne, ((DealerCorrelations)Correlations).TakeCorrections(), Phase.Offline);
        foreach (var keys in ((DealerCorrelations)Correlations).TakeKeys())
        {
            _port.Send(Role.PartyZero, keys, Phase.Offline);
            _port.Send(Role.PartyOne, keys, Phase.Offline);
        }

        if (++_segmentsUnconfirmed < SegmentsAhead) return;
        await _port.ReceiveWords(Role.PartyOne, 0);
        _segmentsUnconfirmed--;
    }

    /// <summary>At party one: takes the corrections up to the next opening, and says so.</summary>
    async ValueTask LoadSegment()
    {
        if (Seat != Seat.One) return;
        ((PartyCorrelations)Correlations).Load(Words.FromBytes(await _port.Receive(Role.Dealer)));
        _port.Send(Role.Dealer, Array.Empty<ulong>(), Phase.Offline);
    }

    async ValueTask RequireSameDraws(Role party)
    {
        var drawn = await _port.ReceiveWords(party, 1);
        if (drawn[0] != Correlations.Drawn)
            throw new ProtocolViolationException($"{party.Name()} drew other correlations than the dealer dealt: they have run different programs");
    }

    async ValueTask<Seed> ReceiveSeed(Role from)
    {
        var payload = await _port.Receive(from);
        return payload.Length == Seed.Bytes
            ? Seed.FromBytes(payload.Span)
            : throw new ProtocolViolationException($"{from.Name()} sent {payload.Length} bytes where a seed of {Seed.Bytes} was due");
    }

    static byte[] SeedBytes(Seed seed)
    {
        var bytes = new byte[Seed.Bytes];
        seed.WriteTo(bytes);
        return bytes;
    }
}
