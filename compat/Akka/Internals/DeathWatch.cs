using Akka.Actor;

namespace Akka.Internals;

/// <summary>Whose end an actor waits for, and who waits for its own.</summary>
internal sealed class DeathWatch(LocalActorRef self)
{
    private readonly HashSet<ISystemRef> watchedBy = [];

    /// <summary>By subject the message that is wanted instead of <see cref="Terminated"/>, or null.</summary>
    private readonly Dictionary<IActorRef, object> watching = [];

    /// <summary>Those whose end is in the mailbox and has not been handled.</summary>
    private readonly Dictionary<IActorRef, object> dead = [];

    public IEnumerable<ISystemRef> Watchers => watchedBy;

    public IActorRef Begin(IActorRef subject, object instead)
    {
        ArgumentNullException.ThrowIfNull(subject);
        if (subject.Equals(self) || SystemRef.Of(subject) is not { } target) return subject;
        if (watching.TryGetValue(subject, out var before))
        {
            if (!Equals(before, instead)) throw new InvalidOperationException($"Watch({self}, {subject}) termination message was not overwritten; unwatch first.");
            return subject;
        }
        watching[subject] = instead;
        target.SendSystem(new SystemMessage.Watch(self));
        return subject;
    }

    public IActorRef End(IActorRef subject)
    {
        if (watching.Remove(subject)) SystemRef.Of(subject).SendSystem(new SystemMessage.Unwatch(self));
        dead.Remove(subject);
        return subject;
    }

    public void EndAll()
    {
        foreach (var subject in watching.Keys) SystemRef.Of(subject).SendSystem(new SystemMessage.Unwatch(self));
        watching.Clear();
    }

    public void AddWatcher(ISystemRef watcher, bool isTerminated)
    {
        if (isTerminated) watcher.SendSystem(new SystemMessage.Died(self));
        else watchedBy.Add(watcher);
    }

    public void RemoveWatcher(ISystemRef watcher) => watchedBy.Remove(watcher);

    /// <summary>Whether this actor is to be told of the end.</summary>
    public bool Bury(IActorRef corpse)
    {
        if (!watching.Remove(corpse, out var instead)) return false;
        dead[corpse] = instead;
        return true;
    }

    /// <summary>What the actor is told; null where it has unwatched meanwhile, and the news is not wanted any more.</summary>
    public object Hear(Terminated news) => dead.Remove(news.ActorRef, out var instead) ? instead ?? news : null;
}
