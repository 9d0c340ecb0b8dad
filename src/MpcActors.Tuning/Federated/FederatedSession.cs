using System.Globalization;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Tuning.Federated;

/// <summary>A session of a federation. All who take part know it by its name, which is public: "round 3 client 2 after 1f0a… with 77c1… at pair 2".</summary>
/// <remarks>
/// Seeds follow from names, so a name says whatever makes a difference: a keyed hash of what an owner brings to it, or one of all sessions before it, since a federation that goes
/// on may meet other drop-outs than it met before it was stopped. Names count clients, rounds and pairs from 1.
/// </remarks>
public abstract record FederatedSession
{
    const string At = " at pair ";

    /// <summary>Where it is held; nothing is said of the first.</summary>
    public int Pair { get; init; }

    /// <summary>As it is told, and as seeds are derived from it.</summary>
    public string Name => Pair == 0 ? What : What + At + Text(Pair);

    /// <summary>The name wherever it is held.</summary>
    protected abstract string What { get; }

    /// <summary>Whose texts it is about; null for none.</summary>
    public virtual int? Client => null;

    /// <summary>Who takes part beside the parties and the dealer; null for nobody.</summary>
    public virtual Role? Owner => Client is null ? null : Role.DataOwner;

    /// <summary>The model owner gives out its parameters.</summary>
    /// <param name="Model">Keyed hash of the model.</param>
    public sealed record Open(string Model) : FederatedSession
    {
        protected override string What => $"open with {Model}";

        public override Role? Owner => Role.ModelOwner;
    }

    /// <summary>A client shares its texts.</summary>
    /// <param name="Texts">Keyed hash of them.</param>
    public sealed record Join(int Joining, string Texts) : FederatedSession
    {
        protected override string What => $"join {Text(Joining)} with {Texts}";

        public override int? Client => Joining;
    }

    /// <summary>A client's steps of a round.</summary>
    /// <param name="Past">Hash of all sessions before the round.</param>
    /// <param name="Texts">Keyed hash of the client's, which may have joined in this very round.</param>
    public sealed record Train(int Round, int Training, string Past, string Texts) : FederatedSession
    {
        protected override string What => $"round {Text(Round)} client {Text(Training)} after {Past} with {Texts}";

        public override int? Client => Training;
    }

    /// <summary>The updates that count are added up.</summary>
    /// <param name="Past">Hash of all sessions before.</param>
    public sealed record AddUp(int Round, IReadOnlyList<int> Counted, string Past) : FederatedSession
    {
        protected override string What => $"round {Text(Round)} of {string.Join(',', Counted.Select(Text))} after {Past}";
    }

    /// <summary>The model owner gets its parameters.</summary>
    public sealed record Close(string Past) : FederatedSession
    {
        protected override string What => $"close after {Past}";

        public override Role? Owner => Role.ModelOwner;
    }

    /// <summary>The session of a name, or null if it is none of a federation.</summary>
    public static FederatedSession? Parse(string name)
    {
        var at = name.LastIndexOf(At, StringComparison.Ordinal);
        var (what, pair) = at < 0 ? (name, 0) : (name[..at], Index(name[(at + At.Length)..]));
        FederatedSession? session = what.Split(' ') switch
        {
            ["open", "with", var model] => new Open(model),
            ["join", var client, "with", var texts] => new Join(Index(client), texts),
            ["round", var round, "client", var client, "after", var past, "with", var texts] => new Train(Index(round), Index(client), past, texts),
            ["round", var round, "of", var counted, "after", var past] => new AddUp(Index(round), [.. counted.Split(',').Select(Index)], past),
            ["close", "after", var past] => new Close(past),
            _ => null,
        };
        session = session is null ? null : session with { Pair = pair };
        return session?.Name == name ? session : null;
    }

    /// <summary>What a party or the dealer does in it.</summary>
    public ValueTask Serve(FederatedSeat seat, Party party) => this switch
    {
        Open => seat.Open(party),
        Join join => seat.Join(party, join.Joining),
        Train train => seat.Train(party, train.Training, train.Round),
        AddUp add => seat.Aggregate(party, add.Counted),
        _ => seat.Close(party),
    };

    /// <summary>What its owner does in it.</summary>
    /// <param name="own">The owner's seed of this session.</param>
    /// <returns>The trained parameters when all is over, to the model owner; null before.</returns>
    public async ValueTask<double[]?> Own(IFederatedTask task, Port port, Seed own)
    {
        switch (this)
        {
            case Open:
                port.ShareWithParties(FixedPoint.Encode(task.Start, task.Plan.Parameters, task.ParameterBits), own);
                task.ShareFrozen(port, own.Derive("frozen"));
                return null;
            case Join join:
                task.ShareTexts(port, join.Joining, own);
                return null;
            case Train train:
                await ClientProgram.Train(port, train.Round, task.Plan.Settings.LocalSteps);
                return null;
            default:
                return FixedPoint.Decode(await port.Reconstruct(task.Plan.Parameters), task.ParameterBits);
        }
    }

    static string Text(int index) => (index + 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>One that no name has, where the text is no number from 1.</summary>
    static int Index(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number - 1 : int.MinValue;
}
