using Akka.Actor;

namespace Akka.TestKit;

public abstract partial class TestKitBase
{
    public T ExpectMsg<T>(TimeSpan? duration = null, string hint = null, CancellationToken cancellationToken = default) =>
        Expect<T>(duration, hint, (_, _) => { }, cancellationToken);

    public T ExpectMsg<T>(T message, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        Expect<T>(timeout, hint, (m, _) => assertions.AssertTrue(Equals(message, m), $"Expected a message '{message}', but got '{m}'{Hint(hint)}"), cancellationToken);

    public T ExpectMsg<T>(Predicate<T> isMessage, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        Expect<T>(timeout, hint, (m, _) => assertions.AssertTrue(isMessage(m), $"Got a message of the expected type <{typeof(T)}>. Also expected the predicate to return true but the message {{{m}}} of type <{m.GetType()}> did not match{Hint(hint)}"), cancellationToken);

    public T ExpectMsg<T>(Action<T> assert, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        Expect<T>(timeout, hint, (m, _) => assert(m), cancellationToken);

    public T ExpectMsg<T>(Func<T, IActorRef, bool> isMessageAndSender, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        Expect<T>(timeout, hint, (m, sender) => assertions.AssertTrue(isMessageAndSender(m, sender), $"The message {{{m}}} from {sender} did not match{Hint(hint)}"), cancellationToken);

    public T ExpectMsg<T>(Action<T, IActorRef> assertMessageAndSender, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        Expect<T>(timeout, hint, assertMessageAndSender, cancellationToken);

    public T ExpectMsg<T>(T expected, Func<T, T, bool> comparer, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        Expect<T>(timeout, hint, (m, _) => assertions.AssertTrue(comparer(expected, m), $"Expected {expected}, got {m}{Hint(hint)}"), cancellationToken);

    public T ExpectMsgFrom<T>(IActorRef sender, TimeSpan? duration = null, string hint = null, CancellationToken cancellationToken = default) =>
        Expect<T>(duration, hint, (_, from) => RequireSender(sender, from, hint), cancellationToken);

    public T ExpectMsgFrom<T>(IActorRef sender, T message, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        Expect<T>(timeout, hint, (m, from) =>
        {
            RequireSender(sender, from, hint);
            assertions.AssertTrue(Equals(message, m), $"Expected a message '{message}', but got '{m}'{Hint(hint)}");
        }, cancellationToken);

    public Terminated ExpectTerminated(IActorRef target, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        Expect<Terminated>(timeout, hint, (m, _) => assertions.AssertTrue(m.ActorRef.Equals(target), $"Expected {target} to have terminated, but got '{m}'{Hint(hint)}"), cancellationToken);

    public T ExpectMsgAnyOf<T>(IEnumerable<T> messages, CancellationToken cancellationToken = default)
    {
        var all = messages.ToList();
        return Expect<T>(null, null, (m, _) => assertions.AssertTrue(all.Contains(m), $"Expected one of {string.Join(", ", all)}, got {m}"), cancellationToken);
    }

    /// <summary>As many messages as given, in any order.</summary>
    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(params T[] messages) => ExpectMsgAllOf(RemainingOrDefault, messages);

    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(TimeSpan max, params T[] messages)
    {
        var got = ReceiveN(messages.Length, max).ToList();
        foreach (var message in messages)
            assertions.AssertTrue(got.Remove(message), $"Did not receive {message}; left were {string.Join(", ", got)}");
        return messages;
    }

    public void ExpectNoMsg(CancellationToken cancellationToken = default) => RequireSilence(RemainingOrDefault, cancellationToken);
    public void ExpectNoMsg(TimeSpan duration, CancellationToken cancellationToken = default) => RequireSilence(Dilated(duration), cancellationToken);
    public void ExpectNoMsg(int milliseconds, CancellationToken cancellationToken = default) => ExpectNoMsg(TimeSpan.FromMilliseconds(milliseconds), cancellationToken);

    /// <returns>The next message, or null where none comes in time.</returns>
    public object ReceiveOne(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        TryReceiveOne(out var envelope, max, cancellationToken) ? envelope.Message : null;

    public bool TryReceiveOne(out MessageEnvelope envelope, TimeSpan? max = null, CancellationToken cancellationToken = default)
    {
        var wait = RemainingOrDilated(max);
        var milliseconds = wait == Timeout.InfiniteTimeSpan ? -1 : (int)Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 0, int.MaxValue);
        var got = received.TryTake(out envelope, milliseconds, cancellationToken);
        if (!got) envelope = NullMessageEnvelope.Instance;
        last = envelope;
        return got;
    }

    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, CancellationToken cancellationToken = default) =>
        ReceiveMany(numberOfMessages, RemainingOrDefault, cancellationToken);

    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, TimeSpan max, CancellationToken cancellationToken = default) =>
        ReceiveMany(numberOfMessages, Dilated(max), cancellationToken);

    public object FishForMessage(Predicate<object> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        FishForMessage<object>(isMessage, max, hint, cancellationToken);

    /// <summary>The first message that fits; those before it are lost.</summary>
    public T FishForMessage<T>(Predicate<T> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default)
    {
        var until = Now + RemainingOrDilated(max);
        while (true)
        {
            if (!TakeBefore(until, out var envelope, cancellationToken)) assertions.Fail($"Timeout ({max}) during fishForMessage{Hint(hint)}");
            if (envelope.Message is T typed && isMessage(typed)) return typed;
        }
    }

    private T Expect<T>(TimeSpan? timeout, string hint, Action<T, IActorRef> check, CancellationToken cancellationToken)
    {
        var wait = RemainingOrDilated(timeout);
        if (!TakeBefore(Now + wait, out var envelope, cancellationToken))
            assertions.Fail($"Failed: Timeout {wait} while waiting for a message of type {typeof(T)}{Hint(hint)}");
        if (envelope.Message is not T)
            assertions.Fail($"Failed: Expected a message of type {typeof(T)}, but received {{{envelope.Message}}} (type {envelope.Message.GetType()}) instead{Hint(hint)} from {envelope.Sender}");
        var message = (T)envelope.Message;
        check(message, envelope.Sender);
        return message;
    }

    private List<object> ReceiveMany(int count, TimeSpan max, CancellationToken cancellationToken)
    {
        var until = Now + max;
        var messages = new List<object>(count);
        while (messages.Count < count)
        {
            if (!TakeBefore(until, out var envelope, cancellationToken))
                assertions.Fail($"Timeout ({max}) while expecting {count} messages. Only got {messages.Count} after {max}.");
            messages.Add(envelope.Message);
        }
        return messages;
    }

    private void RequireSilence(TimeSpan duration, CancellationToken cancellationToken)
    {
        if (TakeBefore(Now + duration, out var envelope, cancellationToken))
            assertions.Fail($"Failed: Expected no messages during {duration}, instead we received {envelope}");
    }

    /// <summary>The moment is on the clock already, so nothing is dilated twice.</summary>
    private bool TakeBefore(TimeSpan moment, out MessageEnvelope envelope, CancellationToken cancellationToken)
    {
        var left = Math.Clamp(Math.Ceiling((moment - Now).TotalMilliseconds), 0, int.MaxValue);
        var got = received.TryTake(out envelope, (int)left, cancellationToken);
        if (!got) envelope = NullMessageEnvelope.Instance;
        last = envelope;
        return got;
    }

    private void RequireSender(IActorRef expected, IActorRef actual, string hint) =>
        assertions.AssertTrue(expected.Equals(actual), $"Sender does not match. Got a message from {actual}. Expected {expected}{Hint(hint)}");

    private static string Hint(string hint) => string.IsNullOrEmpty(hint) ? "" : $" [{hint}]";
}
