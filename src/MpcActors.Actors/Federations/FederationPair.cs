using MpcActors.Tuning.Federated;

namespace MpcActors.Actors.Federations;

/// <summary>One pair's part of a federation: gets the model, joins and trains with the clients that it is given, one after the other.</summary>
/// <param name="pair">From 0.</param>
public sealed class FederationPair(int pair, IFederationSessions sessions) : IFederationPair
{
    /// <summary>Clients whose texts are shared here, each with a keyed hash of them.</summary>
    readonly Dictionary<int, string> _here = [];

    PairOrder? _order;

    public Task BeginAsync(PairOrder order, CancellationToken cancellation)
    {
        _order = order;
        return Task.CompletedTask;
    }

    public Task<PairResult> EndAsync(CancellationToken cancellation) => DoAsync(_order!, cancellation);

    /// <exception cref="InvalidDataException">The model owner has another model than the federation began with.</exception>
    /// <exception cref="SessionFailedException">It is not there.</exception>
    public async Task<PairResult> DoAsync(PairOrder order, CancellationToken cancellation)
    {
        var (model, opened) = (order.Model, (SessionResult?)null);
        if (order.Round is null)
        {
            model = await sessions.MeetAsync(null, cancellation);
            if (order.Model.Length > 0 && model != order.Model)
                throw new InvalidDataException("the model owner has another model than the one that the federation began with; give it that one, or start anew without --resume");
            opened = await sessions.RunAsync(new FederatedSession.Open(model) { Pair = pair }, cancellation);
        }

        var clients = new List<ClientResult>();
        foreach (var client in order.Clients) clients.Add(await ServeAsync(order, client, cancellation));
        return new(model, opened, clients);
    }

    /// <remarks>A session that fails, whatever the cause, costs its client this round and nothing else: its shares are dropped, and no seed of it is used for anything else.</remarks>
    async Task<ClientResult> ServeAsync(PairOrder order, PairClient client, CancellationToken cancellation)
    {
        var done = new ClientResult(client.Client, client.Texts, null, null, null);
        try
        {
            if (!_here.TryGetValue(client.Client, out var texts))
            {
                // Later sessions of this client have the seeds that they had with its first texts.
                texts = await sessions.MeetAsync(client.Client, cancellation);
                if (client.Texts is not null && texts != client.Texts) throw new SessionFailedException($"client {client.Client + 1} has other texts than those it joined with");
                var join = await sessions.RunAsync(new FederatedSession.Join(client.Client, texts) { Pair = pair }, cancellation);
                _here[client.Client] = texts;
                done = done with { Texts = texts, Join = join };
            }

            return order.Round is { } round
                ? done with { Training = await sessions.RunAsync(new FederatedSession.Train(round, client.Client, order.Past, texts) { Pair = pair }, cancellation) }
                : done;
        }
        catch (SessionFailedException problem)
        {
            return done with { Failure = problem.Message };
        }
    }
}
