using Akka.Actor;

namespace Akka.Internals;

/// <summary>
/// The one thread of an actor system. Messages of actors are handled in the order they were sent, system messages first;
/// what other threads send joins the end of the queue. So a system that only its own actors write to runs the same each time.
/// </summary>
internal sealed class Engine
{
    [ThreadStatic] private static Engine running;

    private readonly Deque<(ActorCell Cell, SystemMessage Message)> system = new();
    private readonly Deque<(ActorCell Cell, Envelope Envelope)> user = new();
    private readonly object gate = new();
    private List<(ActorCell Cell, SystemMessage Message)> incomingSystem = [], drainedSystem = [];
    private List<(ActorCell Cell, Envelope Envelope)> incomingUser = [], drainedUser = [];
    private volatile bool incoming;
    private bool ended;

    public Engine(string name) => new Thread(Run) { IsBackground = true, Name = $"akka-{name}" }.Start();

    /// <returns>False once the engine has ended.</returns>
    public bool Enqueue(ActorCell cell, SystemMessage message)
    {
        if (running == this)
        {
            system.PushBack((cell, message));
            return true;
        }
        lock (gate)
        {
            if (ended) return false;
            incomingSystem.Add((cell, message));
            Announce();
            return true;
        }
    }

    /// <inheritdoc cref="Enqueue(ActorCell, SystemMessage)"/>
    public bool Enqueue(ActorCell cell, Envelope envelope)
    {
        if (running == this)
        {
            user.PushBack((cell, envelope));
            return true;
        }
        lock (gate)
        {
            if (ended) return false;
            incomingUser.Add((cell, envelope));
            Announce();
            return true;
        }
    }

    /// <summary>Only from the engine's own thread: an unstashed message goes before all others.</summary>
    public void PutFirst(ActorCell cell, Envelope envelope) => user.PushFront((cell, envelope));

    /// <summary>Only from the engine's own thread, and the last thing a system does.</summary>
    public void End()
    {
        lock (gate) ended = true;
    }

    private void Announce()
    {
        if (incoming) return;
        incoming = true;
        Monitor.Pulse(gate);
    }

    private void Run()
    {
        running = this;
        while (true)
        {
            if (incoming) Drain();
            if (system.TryPopFront(out var s)) s.Cell.Invoke(s.Message);
            else if (ended) return;
            else if (user.TryPopFront(out var u)) u.Cell.Invoke(u.Envelope);
            else Wait();
        }
    }

    private void Drain()
    {
        lock (gate)
        {
            (incomingSystem, drainedSystem) = (drainedSystem, incomingSystem);
            (incomingUser, drainedUser) = (drainedUser, incomingUser);
            incoming = false;
        }
        foreach (var item in drainedSystem) system.PushBack(item);
        foreach (var item in drainedUser) user.PushBack(item);
        drainedSystem.Clear();
        drainedUser.Clear();
    }

    private void Wait()
    {
        lock (gate)
            while (!incoming) Monitor.Wait(gate);
    }
}

/// <summary>A ring buffer that grows.</summary>
internal sealed class Deque<T>
{
    private T[] items = new T[64];
    private int head;

    public int Count { get; private set; }

    public void PushBack(T item)
    {
        if (Count == items.Length) Grow();
        items[(head + Count++) & (items.Length - 1)] = item;
    }

    public void PushFront(T item)
    {
        if (Count == items.Length) Grow();
        head = (head - 1) & (items.Length - 1);
        items[head] = item;
        Count++;
    }

    public bool TryPopFront(out T item)
    {
        if (Count == 0)
        {
            item = default;
            return false;
        }
        item = items[head];
        items[head] = default;
        head = (head + 1) & (items.Length - 1);
        Count--;
        return true;
    }

    private void Grow()
    {
        var larger = new T[items.Length * 2];
        for (var i = 0; i < Count; i++) larger[i] = items[(head + i) & (items.Length - 1)];
        (items, head) = (larger, 0);
    }
}
