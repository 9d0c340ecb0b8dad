using MpcActors.Protocols;
using MpcActors.Tuning.Federated;

namespace MpcActors.Actors.Federations;

/// <summary>The server of a federation, in a process of its own: party one, who says which session is next and whose updates count.</summary>
/// <remarks>
/// An owner has to know nothing but where the others are; party zero and the dealer have to know whose turn it is before they connect, so the server tells them in a session
/// of the three alone. What counts is what ended at the server: then all others are done with it, and keep what came of it until the server's word about it.
/// Further pairs have servers of their own (<see cref="PairServer"/>), which this one tells what to do.
/// </remarks>
public sealed class FederationServer
{
    readonly ServerSettings _settings;
    readonly ServedPair _first;
    readonly RemotePair[] _others;
    readonly FederationDirector _director;

    /// <param name="settings">Of the first pair.</param>
    /// <param name="pairs">All of them.</param>
    public FederationServer(ServerSettings settings, int pairs)
    {
        (_settings, _first) = (settings, new(settings));
        _others = [.. Enumerable.Range(1, pairs - 1).Select(pair => new RemotePair(pair, _first, settings.Id))];
        _director = new(new(settings.Tuning, new int[settings.Clients], 0, 0), _first, [.. _others]);
    }

    public FederationPast Past => _director.Past;

    /// <summary>As in <see cref="FederationDirector.Lost"/>.</summary>
    public IReadOnlyDictionary<int, string> Lost => _director.Lost;

    /// <summary>The task as the server knows it, once the model owner was met.</summary>
    public IFederatedTask Task => _first.Task;

    /// <summary>Directs all rounds to the end.</summary>
    /// <param name="opened">Called when all is ready for the first round.</param>
    /// <param name="done">Called after each round, before anything else is done.</param>
    /// <exception cref="FederationLostException">Party zero or the dealer of the first pair is gone.</exception>
    /// <exception cref="SessionFailedException">The model owner is not there.</exception>
    public async Task RunAsync(Action<FederationPast> opened, Action<FederatedRound> done, CancellationToken cancellation)
    {
        var (past, sums) = (_settings.Past, _settings.Past?.Sums ?? 0);
        await _first.BeginAsync(_settings.Id, sums, cancellation);
        await (past is null ? _director.OpenAsync(cancellation) : _director.GoOnAsync(past, cancellation));
        opened(Past);
        while (_director.Rounds < _settings.Tuning.Rounds)
        {
            var round = await _director.RoundAsync(cancellation);
            _first.Note(round);
            done(round);
        }

        await _director.CloseAsync(cancellation);
        foreach (var (other, pair) in _others.Select((other, i) => (other, i + 1)))
            if (!Lost.ContainsKey(pair)) await other.PartAsync(cancellation);
        await _first.PartAsync(cancellation);
    }
}
