using Akka.Actor;

namespace Akka.Internals;

/// <summary>Children in the order of their making; names may be taken from any thread.</summary>
internal sealed class Children
{
    private readonly Lock gate = new();
    private readonly OrderedDictionary<string, ActorCell> byName = [];
    private long unnamed;
    private bool closed;

    public bool IsEmpty
    {
        get
        {
            lock (gate) return byName.Count == 0;
        }
    }

    public ActorCell Add(string name, Func<string, ActorCell> create)
    {
        lock (gate)
        {
            if (closed) throw new InvalidOperationException("Cannot create child while terminating or terminated");
            name ??= Base64Name(unnamed++);
            if (byName.ContainsKey(name)) throw new InvalidActorNameException($"Actor name \"{name}\" is not unique!");
            var cell = create(name);
            byName.Add(name, cell);
            return cell;
        }
    }

    public ActorCell Find(string name)
    {
        lock (gate) return byName.GetValueOrDefault(name);
    }

    public List<ActorCell> All()
    {
        lock (gate) return [.. byName.Values];
    }

    public List<ActorCell> Close()
    {
        lock (gate)
        {
            closed = true;
            return [.. byName.Values];
        }
    }

    public bool Remove(IActorRef child)
    {
        lock (gate)
            return byName.TryGetValue(child.Path.Name, out var cell) && cell.Self.Equals(child) && byName.Remove(child.Path.Name);
    }

    public bool AnyStopping()
    {
        lock (gate) return byName.Values.Any(c => c.IsStopping);
    }

    private static string Base64Name(long number)
    {
        const string Digits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+~";
        var name = "$";
        do
        {
            name += Digits[(int)(number & 63)];
            number >>= 6;
        }
        while (number > 0);
        return name;
    }
}
