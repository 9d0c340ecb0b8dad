using System.Threading.Channels;
using MpcActors.Actors.Nodes;
using MpcActors.Protocols;
using MpcActors.Tuning.Federated;

namespace MpcActors.Actors.Federations;

/// <summary>The server of a further pair, in a process of its own: does with party zero and dealer what the first pair's server says, and answers it, even when its own pair is lost.</summary>
public sealed class PairServer
{
    static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(100);

    readonly ServerSettings _settings;
    readonly Action<string> _log;
    readonly ServedPair _pair;
    readonly FederationPair _work;
    readonly FederationTurn _link;
    readonly Channel<Func<CancellationToken, Task>> _orders = Channel.CreateUnbounded<Func<CancellationToken, Task>>();
    volatile Done? _done;
    volatile string? _lost;
    int _taken;
    bool _isBegun, _isOver;

    sealed record Done(int Number, PairOrder Order, PairResult Result);

    /// <param name="log">Sentences without secrets.</param>
    public PairServer(ServerSettings settings, Action<string> log)
    {
        (_settings, _log, _pair, _link) = (settings, log, new(settings), FederationTurn.Between(settings.Pair, Seat.One));
        _work = new(settings.Pair, _pair);
    }

    /// <exception cref="FederationLostException">Party zero or the dealer is gone, which the first pair's server has been told, or that one is gone.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var work = WorkAsync(stop.Token);
        try
        {
            await AnswerAsync(cancellation);
            if (_isOver) await work;
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAny(work);
        }

        if (_lost is { } cause) throw new FederationLostException(cause);
    }

    /// <summary>Speaks with the first pair's server until all is over, or it has heard that this pair is lost.</summary>
    async Task AnswerAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var isHeard = false;
            try
            {
                await Node.RunNamedAsync(_settings.Settings(_link, false), name => async port => isHeard = await Speak(name, port), null, cancellation);
                if (_isOver || isHeard) return;
            }
            catch (SessionFailedException problem) when (problem.InnerException is TimeoutException or HandshakeException)
            {
                throw new FederationLostException(_link.InWords(problem.Message), problem);
            }
            catch (SessionFailedException problem)
            {
                _log(_link.InWords(problem.Message));
                await Task.Delay(AfterFailure, cancellation);
            }
        }
    }

    /// <returns>Whether the loss of this pair is known there.</returns>
    async Task<bool> Speak(SessionName name, Port port)
    {
        if (name.Purpose == FederationTurn.Over)
        {
            _isOver = true;
            _orders.Writer.TryComplete();
            return false;
        }

        if (PairMessages.Ordered(name.Purpose) is { } number)
        {
            var task = PairTask.FromBytes((await port.Receive(FederatedTransfer.First)).Span, _settings.Clients);
            if (task.Order.Round is { } round) await _pair.Of(new FederatedTransfer(round, _settings.Pair, []))(port);
            if (number > _taken) Post(cancellation => DoAsync(number, task, cancellation));
            _taken = Math.Max(_taken, number);
            return false;
        }

        if (PairMessages.Asked(name.Purpose) is not { } asked) throw new ProtocolViolationException($"the server says '{name.Purpose}'");
        var (lost, done) = (_lost, _done?.Number == asked ? _done : null);
        port.Send(FederatedTransfer.First, new PairAnswer(lost, lost is null ? done?.Result : null).ToBytes());
        if (lost is null && done?.Result.Updates(done.Order, _settings.Pair) is { } updates)
        {
            await _pair.Of(updates)(port);
            Post(cancellation => _pair.CoreAsync(updates.Name, cancellation));
        }

        return lost is not null;
    }

    void Post(Func<CancellationToken, Task> order) => _orders.Writer.TryWrite(order);

    async Task WorkAsync(CancellationToken cancellation)
    {
        try
        {
            while (!_orders.Reader.Completion.IsCompleted)
            {
                if (_orders.Reader.TryRead(out var order)) await order(cancellation);
                else if (await HasOrderAsync(cancellation) is false) await _pair.CoreAsync(FederationTurn.Wait, cancellation);
            }

            await _pair.CoreAsync(FederationTurn.Over, cancellation);
        }
        catch (Exception problem) when (!cancellation.IsCancellationRequested)
        {
            // Whatever it is, the first pair's server has to hear of it. A protocol's messages hold no content, any other exception's might.
            _lost = problem is FederationLostException or SessionFailedException or InvalidDataException ? problem.Message : $"{FederationSeeds.At(FederationSeeds.Server, _settings.Pair)} failed: {problem.GetType().Name}";
            _log(_lost);
        }
    }

    /// <returns>False where there is none for so long that party zero and dealer have to be shown that the server is there.</returns>
    async Task<bool> HasOrderAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_settings.Beat);
        try
        {
            await _orders.Reader.WaitToReadAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    async Task DoAsync(int number, PairTask task, CancellationToken cancellation)
    {
        if (!_isBegun) await _pair.BeginAsync(task.Id, 0, cancellation);
        _isBegun = true;
        if (task.Order.Round is { } round) await _pair.CoreAsync(new FederatedTransfer(round, _settings.Pair, []).Name, cancellation);
        var result = await _work.DoAsync(task.Order, cancellation);

        // A session that failed may have been this pair's fault, and then somebody else can do it.
        if (result.Clients.Any(client => client.Failure is not null)) await _pair.CoreAsync(FederationTurn.Wait, cancellation);
        _done = new(number, task.Order, result);
        _log(task.Order.Round is null ? "has the model" : $"round {task.Order.Round + 1}: trained with {string.Join(' ', result.Clients.Where(client => client.Training is not null).Select(client => client.Client + 1))}");
    }
}
