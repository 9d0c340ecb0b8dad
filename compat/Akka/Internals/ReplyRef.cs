using System.Globalization;
using Akka.Actor;

namespace Akka.Internals;

/// <summary>The sender of one question: its first message completes a task.</summary>
internal sealed class ReplyRef<T> : ActorRefBase, ISystemRef
{
    private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ActorSystemImpl system;
    private CancellationTokenSource timer;
    private CancellationTokenRegistration registration;

    public ReplyRef(ActorSystemImpl system)
    {
        this.system = system;
        Path = system.RegisterTemporary(this);
        completion.Task.ContinueWith(_ => End(), TaskContinuationOptions.ExecuteSynchronously);
    }

    public override ActorPath Path { get; }
    public Task<T> Task => completion.Task;

    public void EndAfter(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            timer = new CancellationTokenSource(timeout);
            timer.Token.Register(() => completion.TrySetException(
                new AskTimeoutException(string.Create(CultureInfo.InvariantCulture, $"Timeout after {timeout.TotalSeconds} seconds"))));
        }
        if (cancellationToken.CanBeCanceled) registration = cancellationToken.Register(() => completion.TrySetCanceled(cancellationToken));
    }

    public void SendSystem(SystemMessage message)
    {
        switch (message)
        {
            case SystemMessage.Died died:
                TellInternal(new Terminated(died.Actor, true, false), died.Actor);
                break;
            case SystemMessage.Watch watch:
                watch.Watcher.SendSystem(new SystemMessage.Died(this));
                break;
        }
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        var first = message switch
        {
            T reply => completion.TrySetResult(reply),
            Status.Failure failure => completion.TrySetException(failure.Cause ?? new TaskCanceledException("Task cancelled by actor via Failure message.")),
            _ => completion.TrySetException(new ArgumentException($"Received message of type [{message.GetType()}] - Ask expected message of type [{typeof(T)}]")),
        };
        if (!first) system.DeadLetters.Tell(message, sender);
    }

    private void End()
    {
        system.ForgetTemporary(this);
        registration.Dispose();
        timer?.Dispose();
    }
}
