using Akka.Internals;

namespace Akka.Actor;

public interface IStash
{
    void Stash();
    void Unstash();
    void UnstashAll();
    void UnstashAll(Func<Envelope, bool> predicate);
    IEnumerable<Envelope> ClearStash();
    void Prepend(IEnumerable<Envelope> envelopes);
    int Count { get; }
    bool IsEmpty { get; }
    bool NonEmpty { get; }
    bool IsFull { get; }
    int Capacity { get; }
}

/// <summary>An actor that may put messages aside; the stash is there from PreStart on.</summary>
public interface IActorStash
{
    IStash Stash { get; set; }
}

public interface IWithUnrestrictedStash : IActorStash;

public interface IWithUnboundedStash : IWithUnrestrictedStash;

public interface IWithStash : IWithUnrestrictedStash;

internal sealed class UnboundedStash(ActorCell cell) : IStash
{
    private readonly LinkedList<Envelope> stashed = new();
    private long lastTurn = -1;

    public int Count => stashed.Count;
    public bool IsEmpty => stashed.Count == 0;
    public bool NonEmpty => stashed.Count > 0;
    public bool IsFull => false;
    public int Capacity => -1;

    public void Stash()
    {
        if (cell.Turn == lastTurn)
            throw new IllegalActorStateException($"Can't stash the same message {cell.CurrentMessage} more than once");
        lastTurn = cell.Turn;
        stashed.AddLast(cell.CurrentEnvelope);
    }

    public void Unstash()
    {
        if (stashed.First is not { } first) return;
        stashed.RemoveFirst();
        cell.PutFirst(first.Value);
    }

    public void UnstashAll() => UnstashAll(_ => true);

    public void UnstashAll(Func<Envelope, bool> predicate)
    {
        for (var node = stashed.Last; node is not null; node = node.Previous)
            if (predicate(node.Value)) cell.PutFirst(node.Value);
        stashed.Clear();
    }

    public IEnumerable<Envelope> ClearStash()
    {
        var all = stashed.ToList();
        stashed.Clear();
        return all;
    }

    public void Prepend(IEnumerable<Envelope> envelopes)
    {
        foreach (var envelope in envelopes.Reverse()) stashed.AddFirst(envelope);
    }
}
