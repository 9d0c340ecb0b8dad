namespace Akka.Actor;

/// <summary>An actor that lists its handlers in its constructor or in Become; the first that fits takes the message.</summary>
public abstract class ReceiveActor : UntypedActor
{
    private List<Receive> building;
    private bool catchesAll;
    private Receive initial;

    protected ReceiveActor() => building = [];

    /// <summary>What the constructor listed is the first behaviour.</summary>
    internal override void Constructed()
    {
        initial = Dispatch(building);
        building = null;
    }

    protected sealed override void OnReceive(object message)
    {
        if (!initial(message)) Unhandled(message);
    }

    protected void Become(Action configure)
    {
        var behavior = Configure(configure);
        base.Become(m => { if (!behavior(m)) Unhandled(m); });
    }

    protected void BecomeStacked(Action configure)
    {
        var behavior = Configure(configure);
        base.BecomeStacked(m => { if (!behavior(m)) Unhandled(m); });
    }

    protected void Receive<T>(Action<T> handler, Predicate<T> shouldHandle = null) => Add(typeof(T) == typeof(object) && shouldHandle is null, shouldHandle is null
        ? message =>
        {
            if (message is not T typed) return false;
            handler(typed);
            return true;
        }
        : message =>
        {
            if (message is not T typed || !shouldHandle(typed)) return false;
            handler(typed);
            return true;
        });

    protected void Receive<T>(Predicate<T> shouldHandle, Action<T> handler) => Receive(handler, shouldHandle);

    protected void Receive<T>(Func<T, bool> handler) => Add(false, message => message is T typed && handler(typed));

    protected void Receive(Type messageType, Action<object> handler, Predicate<object> shouldHandle = null) => Add(messageType == typeof(object) && shouldHandle is null, message =>
    {
        if (!messageType.IsInstanceOfType(message) || (shouldHandle is not null && !shouldHandle(message))) return false;
        handler(message);
        return true;
    });

    protected void ReceiveAny(Action<object> handler) => Add(true, message =>
    {
        handler(message);
        return true;
    });

    private void Add(bool all, Receive handler)
    {
        if (building is null)
            throw new InvalidOperationException("You may only call Receive-methods when constructing the actor and inside Become().");
        if (catchesAll)
            throw new InvalidOperationException("A handler that catches all messages has been added. No handler can be added after that.");
        catchesAll = all;
        building.Add(handler);
    }

    private Receive Configure(Action configure)
    {
        var (outer, outerCatchesAll) = (building, catchesAll);
        (building, catchesAll) = ([], false);
        try
        {
            configure();
            return Dispatch(building);
        }
        finally
        {
            (building, catchesAll) = (outer, outerCatchesAll);
        }
    }

    private static Receive Dispatch(List<Receive> listed)
    {
        var handlers = listed.ToArray();
        return message =>
        {
            foreach (var handler in handlers)
                if (handler(message)) return true;
            return false;
        };
    }
}
