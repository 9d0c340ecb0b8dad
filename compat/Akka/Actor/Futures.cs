using Akka.Internals;

namespace Akka.Actor;

public static class Futures
{
    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout = null) => self.Ask<object>(message, timeout);
    public static Task<object> Ask(this ICanTell self, object message, CancellationToken cancellationToken) => self.Ask<object>(message, cancellationToken);
    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) => self.Ask<object>(message, timeout, cancellationToken);
    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout = null) => self.Ask<T>(message, timeout, default);
    public static Task<T> Ask<T>(this ICanTell self, object message, CancellationToken cancellationToken) => self.Ask<T>(message, null, cancellationToken);
    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) => self.Ask<T>(_ => message, timeout, cancellationToken);

    /// <summary>
    /// Sends with a sender made for this one reply. A <see cref="Status.Failure"/> fails the task with its cause;
    /// no reply in time fails it with <see cref="AskTimeoutException"/>. Real time; null waits as long as akka.actor.ask-timeout says.
    /// </summary>
    public static Task<T> Ask<T>(this ICanTell self, Func<IActorRef, object> messageFactory, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var system = SystemOf(self) ?? ActorCell.Current?.SystemImpl ?? throw new ArgumentException("Unable to resolve the target Provider", nameof(self));
        var reply = new ReplyRef<T>(system);
        reply.EndAfter(timeout ?? system.Settings.AskTimeout, cancellationToken);
        self.Tell(messageFactory(reply), reply);
        return reply.Task;
    }

    private static ActorSystemImpl SystemOf(ICanTell target) => target switch
    {
        LocalActorRef local => local.Cell.SystemImpl,
        IActorRefWrapper wrapper => SystemOf(wrapper.Wrapped),
        _ => null,
    };
}

public static class GracefulStopSupport
{
    public static Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout) => target.GracefulStop(timeout, PoisonPill.Instance);

    /// <returns>Whether the actor stopped in time.</returns>
    public static async Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout, object stopMessage)
    {
        if (SystemRef.Of(target) is not LocalActorRef local) throw new InvalidOperationException($"{target} cannot be watched");
        var watcher = new ReplyRef<Terminated>(local.Cell.SystemImpl);
        watcher.EndAfter(timeout, default);
        local.SendSystem(new SystemMessage.Watch(watcher));
        target.Tell(stopMessage, ActorRefs.NoSender);
        try
        {
            return (await watcher.Task).ActorRef.Equals(target);
        }
        catch (AskTimeoutException)
        {
            return false;
        }
        finally
        {
            local.SendSystem(new SystemMessage.Unwatch(watcher));
        }
    }
}

public static class PipeToSupport
{
    /// <summary>Sends the task's result to the recipient, or <see cref="Status.Failure"/> with what it threw.</summary>
    public static Task PipeTo<T>(this Task<T> taskToPipe, ICanTell recipient, IActorRef sender = null, Func<T, object> success = null, Func<Exception, object> failure = null)
    {
        return Pipe();

        async Task Pipe()
        {
            object message;
            try
            {
                var result = await taskToPipe.ConfigureAwait(false);
                message = success is not null ? success(result) : result;
            }
            catch (Exception e)
            {
                message = failure is not null ? failure(e) : new Status.Failure(e);
            }
            recipient.Tell(message, sender ?? ActorRefs.NoSender);
        }
    }

    public static Task PipeTo(this Task taskToPipe, ICanTell recipient, IActorRef sender = null, Func<object> success = null, Func<Exception, object> failure = null)
    {
        return Pipe();

        async Task Pipe()
        {
            object message;
            try
            {
                await taskToPipe.ConfigureAwait(false);
                message = success?.Invoke();
            }
            catch (Exception e)
            {
                message = failure is not null ? failure(e) : new Status.Failure(e);
            }
            if (message is not null) recipient.Tell(message, sender ?? ActorRefs.NoSender);
        }
    }
}
