namespace MpcActors.Network;

/// <summary>A run's times on a network.</summary>
/// <param name="Actors">By number of the actor.</param>
/// <param name="Traffic">By link.</param>
public sealed record RunTimes(TimeSpan Elapsed, IReadOnlyList<ActorTimes> Actors, IReadOnlyList<LinkTraffic> Traffic, Timeline Timeline);

/// <summary>Times a recorded run on any network without computing anything again.</summary>
public static class Replay
{
    /// <summary>
    /// Each actor takes its recorded turns in their recorded order, each when the actor is free and the frame that began it has
    /// arrived.
    /// </summary>
    /// <remarks>
    /// On the network of the recorded run, the times are its times, to the tick. On another they are that network's own, to the
    /// tick, if every actor would hear the same frames in the same order there, as in a lock-step exchange. Where two senders'
    /// frames change places, a live run would store the one and compute both at the arrival of the other; the replay waits in
    /// recorded order and may differ by the computation of one turn.
    /// </remarks>
    /// <param name="machine">What the actors share; null where each has a machine of its own, which is free to compute while bytes come and go.</param>
    /// <exception cref="InvalidOperationException">A frame that began a turn is never delivered on this network.</exception>
    /// <exception cref="ArgumentException">The recording is not one of a run: it uses a frame before it was sent, twice, or at the wrong end.</exception>
    public static RunTimes Run(Recording recording, NetworkConditions conditions, SharedMachine? machine = null)
    {
        var clocks = new ActorClocks(recording.Actors, machine);
        var links = new LinkStates(conditions);
        var timeline = new Timeline(recording.Actors);
        var sent = new List<(Departure Frame, TimeSpan? Arrival, bool IsTaken)>();

        for (var turn = 0; turn < recording.Turns.Count; turn++)
        {
            var (actor, trigger, busy, offlineBusy, frames) = recording.Turns[turn];
            var begun = clocks.Begin(actor, trigger is { } number ? Take(number, turn, actor) : null);
            var name = trigger is { } of && sent[(int)of].Frame.Name is { Length: > 0 } frameName ? frameName : "turn";
            timeline.Add(new WorkSpan(actor, name, begun, busy, WorkKind.Online));
            timeline.Add(new WorkSpan(actor, name, clocks.Of(actor).OfflineBusy, offlineBusy, WorkKind.Offline));

            var ended = clocks.End(actor, busy, offlineBusy, frames);
            foreach (var frame in frames)
            {
                var arrival = links.Send(frame.Link, frame.Bytes, ended, frame.IsOffline);
                sent.Add((frame, arrival, false));
                if (arrival is { } at)
                    timeline.Add(new Transfer(frame.Link, frame.Name, frame.Bytes, ended, at, frame.IsOffline ? WorkKind.Offline : WorkKind.Online));
            }
        }
        return new(clocks.Elapsed, clocks.Actors, clocks.Traffic, timeline);

        TimeSpan Take(ulong number, int turn, int actor)
        {
            if (number >= (ulong)sent.Count) throw new ArgumentException($"Turn {turn} begins with frame {number}, but only {sent.Count} were sent before it.");
            var (frame, arrival, isTaken) = sent[(int)number];
            if (isTaken) throw new ArgumentException($"Turn {turn} begins with frame {number}, which began another turn before.");
            if (frame.Link.To != actor) throw new ArgumentException($"Turn {turn} is actor {actor}'s, but begins with frame {number} of link {frame.Link}.");
            sent[(int)number] = (frame, arrival, true);
            return arrival ?? throw new InvalidOperationException(
                $"Frame {number} ({frame.Bytes} bytes) is never delivered, because link {frame.Link} is cut for good; turn {turn} of the run cannot begin.");
        }
    }
}
