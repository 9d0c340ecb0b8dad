using Akka.Actor;

namespace Akka.Event;

public abstract class LoggingBus
{
    private volatile (Type Channel, IActorRef Subscriber)[] subscriptions = [];
    private readonly Lock gate = new();

    /// <summary>What is below it is not published; null publishes nothing.</summary>
    internal LogLevel? Level { get; set; } = Event.LogLevel.InfoLevel;

    public LogLevel LogLevel => Level ?? Event.LogLevel.ErrorLevel;

    /// <summary>The subscriber is told whatever is published of this type or derived from it.</summary>
    /// <returns>False if it was subscribed before.</returns>
    public virtual bool Subscribe(IActorRef subscriber, Type channel)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        lock (gate)
        {
            if (subscriptions.Any(s => s.Channel == channel && s.Subscriber.Equals(subscriber))) return false;
            subscriptions = [.. subscriptions, (channel, subscriber)];
            return true;
        }
    }

    public virtual bool Unsubscribe(IActorRef subscriber, Type channel) => Remove(s => s.Channel == channel && s.Subscriber.Equals(subscriber));

    public virtual bool Unsubscribe(IActorRef subscriber) => Remove(s => s.Subscriber.Equals(subscriber));

    public virtual void Publish(object @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        var all = subscriptions;
        for (var i = 0; i < all.Length; i++)
        {
            if (!all[i].Channel.IsInstanceOfType(@event)) continue;
            var told = false;
            for (var j = 0; j < i && !told; j++) told = all[j].Channel.IsInstanceOfType(@event) && all[j].Subscriber.Equals(all[i].Subscriber);
            if (!told) all[i].Subscriber.Tell(@event, ActorRefs.NoSender);
        }
    }

    private bool Remove(Func<(Type Channel, IActorRef Subscriber), bool> match)
    {
        lock (gate)
        {
            var left = subscriptions.Where(s => !match(s)).ToArray();
            var removed = left.Length < subscriptions.Length;
            subscriptions = left;
            return removed;
        }
    }
}

public sealed class EventStream : LoggingBus
{
    internal EventStream() { }
}
