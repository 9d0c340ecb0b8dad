using MpcActors.Actors;
using MpcActors.Network;
using MpcActors.Protocols;

namespace MpcActors.Cli;

/// <summary>Computing time of one role, as measured or modelled: what needed inputs, and what could have been done before.</summary>
sealed record RoleSeconds(double Online, double Offline);

/// <summary>What a stretch of a session cost.</summary>
/// <param name="Rounds">Frames of one party to the other: each round is one each way.</param>
/// <param name="SentBytesPerParty">Online, to everybody, frames and all.</param>
/// <param name="OfflineBytesPerParty">What reached a party of dealt randomness.</param>
/// <param name="Seconds">Simulated time online.</param>
/// <param name="ComputeSeconds">Of all roles together, online and offline.</param>
/// <param name="Compute">The same by role.</param>
sealed record Cost(
    long Rounds, long[] SentBytesPerParty, long[] OfflineBytesPerParty, double Seconds, double ComputeSeconds, IReadOnlyDictionary<string, RoleSeconds> Compute);

/// <summary>
/// Divides a recorded session by the data owner's questions. A question begins when the owner's turn that asks it ends, and ends when
/// the next one begins: the owner asks one at a time, so all that is recorded in between belongs to it.
/// </summary>
sealed class SessionCosts
{
    static readonly Role[] Parties = [Role.PartyZero, Role.PartyOne];

    readonly Run _run;
    readonly int[] _questionOfTurn;

    public SessionCosts(Run run)
    {
        _run = run;
        _questionOfTurn = new int[run.Recording.Turns.Count];
        var question = -1;
        for (var turn = 0; turn < _questionOfTurn.Length; turn++)
        {
            if (Asks(run.Recording.Turns[turn])) question++;
            _questionOfTurn[turn] = question;
        }
    }

    /// <summary>What all roles share, as processes of one machine do; null where each has one of its own.</summary>
    public SharedMachine? Machine { get; init; }

    /// <summary>The whole session on a network, set-up included.</summary>
    public Cost Total(LinkProfile network) => Of(Enumerable.Range(0, _questionOfTurn.Length), Seconds(TimesOn(network).Elapsed));

    /// <summary>The mean of some calls on a network.</summary>
    public Cost Mean(IReadOnlyCollection<PassCall> calls, LinkProfile network)
    {
        var begins = Begins(network);
        var questions = calls.SelectMany(call => Enumerable.Range(call.FirstQuestion, call.Questions)).ToHashSet();
        var elapsed = questions.Sum(question => Seconds(begins[question + 1] - begins[question]));
        var all = Of(Enumerable.Range(0, _questionOfTurn.Length).Where(turn => questions.Contains(_questionOfTurn[turn])), elapsed);
        return new Cost(
            all.Rounds / calls.Count,
            Array.ConvertAll(all.SentBytesPerParty, bytes => bytes / calls.Count),
            Array.ConvertAll(all.OfflineBytesPerParty, bytes => bytes / calls.Count),
            all.Seconds / calls.Count,
            all.ComputeSeconds / calls.Count,
            all.Compute.ToDictionary(role => role.Key, role => new RoleSeconds(role.Value.Online / calls.Count, role.Value.Offline / calls.Count)));
    }

    Cost Of(IEnumerable<int> turns, double seconds)
    {
        RecordedTurn[] recorded = [.. turns.Select(turn => _run.Recording.Turns[turn])];
        Departure[] frames = [.. recorded.SelectMany(turn => turn.Frames)];
        var compute = recorded
            .GroupBy(turn => (Role)turn.Actor)
            .OrderBy(role => role.Key)
            .ToDictionary(role => role.Key.Name(), role => new RoleSeconds(role.Sum(turn => Seconds(turn.Busy)), role.Sum(turn => Seconds(turn.OfflineBusy))));
        return new Cost(
            frames.Count(frame => !frame.IsOffline && frame.Link == new Link((int)Role.PartyZero, (int)Role.PartyOne)),
            Array.ConvertAll(Parties, party => frames.Where(frame => !frame.IsOffline && frame.Link.From == (int)party).Sum(frame => frame.Bytes)),
            Array.ConvertAll(Parties, party => frames.Where(frame => frame.IsOffline && frame.Link.To == (int)party).Sum(frame => frame.Bytes)),
            seconds,
            compute.Values.Sum(role => role.Online + role.Offline),
            compute);
    }

    /// <summary>When each question begins on a network; the last is the farewell.</summary>
    TimeSpan[] Begins(LinkProfile network) =>
    [
        .. TimesOn(network).Timeline.Transfers
            .Where(transfer => transfer.Link.From == (int)Role.DataOwner && transfer.Kind == WorkKind.Online)
            .Select(transfer => transfer.Sent).Distinct().Order(),
    ];

    RunTimes TimesOn(LinkProfile network) => _run.On(network, Machine);

    static bool Asks(RecordedTurn turn) => turn.Actor == (int)Role.DataOwner && turn.Frames.Count > 0;

    static double Seconds(TimeSpan time) => time.TotalSeconds;
}
