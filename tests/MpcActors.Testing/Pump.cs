using MpcActors.Protocols;

namespace MpcActors.Testing;

/// <summary>Runs the programs of a session in memory: frames first come first served, on the caller's thread, no actor and no network.</summary>
public static class Pump
{
    /// <param name="sent">Sees every frame, in the order of sending.</param>
    /// <exception cref="InvalidOperationException">Somebody awaits a frame that nobody sends.</exception>
    public static void Run(IReadOnlyDictionary<Role, Func<Port, ValueTask>> programs, Action<Frame>? sent = null)
    {
        var queue = new Queue<Frame>();
        var ports = new Dictionary<Role, Port>();
        var tasks = new List<Task>();

        // Without a context every await resumes inline, as it does in an actor.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            foreach (var role in programs.Keys.Order()) ports[role] = new Port(role, Send);
            foreach (var role in programs.Keys.Order()) tasks.Add(programs[role](ports[role]).AsTask());
            while (queue.TryDequeue(out var frame) && !tasks.Exists(task => task.IsFaulted)) ports[frame.To].Deliver(frame);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }

        foreach (var failed in tasks.Where(task => task.IsFaulted)) failed.GetAwaiter().GetResult();
        if (!tasks.TrueForAll(task => task.IsCompleted)) throw new InvalidOperationException("the run is stuck: somebody awaits a frame that nobody sends");

        void Send(Frame frame)
        {
            sent?.Invoke(frame);
            queue.Enqueue(frame);
        }
    }
}
