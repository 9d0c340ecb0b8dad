namespace Akka.TestKit;

public abstract partial class TestKitBase
{
    public void Within(TimeSpan max, Action action, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, action, null, epsilonValue, cancellationToken);

    public void Within(TimeSpan min, TimeSpan max, Action action, string hint = null, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(min, max, () => { action(); return 0; }, hint, epsilonValue, cancellationToken);

    public T Within<T>(TimeSpan max, Func<T> function, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, function, null, epsilonValue, cancellationToken);

    /// <summary>Runs the block, whose expectations end with it, and requires that it took no less and no more time.</summary>
    public T Within<T>(TimeSpan min, TimeSpan max, Func<T> function, string hint = null, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (start, outer) = (Now, end);
        var allowed = outer is null || Dilated(max) < outer - start ? Dilated(max) : outer.Value - start;
        assertions.AssertTrue(allowed >= min, $"Required min time {min} not possible, only {allowed} left{Hint(hint)}");
        end = start + allowed;
        try
        {
            var result = function();
            var took = Now - start;
            assertions.AssertTrue(took >= min, $"Failed: Block took {took}, should have at least been {min}{Hint(hint)}");
            assertions.AssertTrue(took <= allowed + (epsilonValue ?? TimeSpan.Zero), $"Failed: Block took {took}, exceeding {allowed}{Hint(hint)}");
            return result;
        }
        finally
        {
            end = outer;
        }
    }

    public void AwaitCondition(Func<bool> conditionIsFulfilled, CancellationToken cancellationToken = default) =>
        AwaitCondition(conditionIsFulfilled, null, null, null, cancellationToken);

    public void AwaitCondition(Func<bool> conditionIsFulfilled, TimeSpan? max, CancellationToken cancellationToken = default) =>
        AwaitCondition(conditionIsFulfilled, max, null, null, cancellationToken);

    public void AwaitCondition(Func<bool> conditionIsFulfilled, TimeSpan? max, string message, CancellationToken cancellationToken = default) =>
        AwaitCondition(conditionIsFulfilled, max, null, message, cancellationToken);

    public void AwaitCondition(Func<bool> conditionIsFulfilled, TimeSpan? max, TimeSpan? interval, string message = null, CancellationToken cancellationToken = default)
    {
        var wait = RemainingOrDilated(max);
        var until = Now + wait;
        while (!conditionIsFulfilled())
        {
            if (Now >= until) assertions.Fail($"Timeout {wait} expired while waiting for condition.{Hint(message)}");
            Pause(interval, until, cancellationToken);
        }
    }

    public bool AwaitConditionNoThrow(Func<bool> conditionIsFulfilled, TimeSpan max, TimeSpan? interval = null, CancellationToken cancellationToken = default)
    {
        var until = Now + Dilated(max);
        while (!conditionIsFulfilled())
        {
            if (Now >= until) return false;
            Pause(interval, until, cancellationToken);
        }
        return true;
    }

    /// <summary>Tries until the assertion holds; in the end throws what it last threw.</summary>
    public void AwaitAssert(Action assertion, TimeSpan? duration = null, TimeSpan? interval = null, CancellationToken cancellationToken = default)
    {
        var until = Now + RemainingOrDilated(duration);
        while (true)
        {
            try
            {
                assertion();
                return;
            }
            catch (Exception) when (Now < until)
            {
                Pause(interval, until, cancellationToken);
            }
        }
    }

    private static void Pause(TimeSpan? interval, TimeSpan until, CancellationToken cancellationToken)
    {
        var wait = interval ?? TimeSpan.FromMilliseconds(20);
        var left = until - Now;
        cancellationToken.WaitHandle.WaitOne(wait < left ? wait : left > TimeSpan.Zero ? left : TimeSpan.Zero);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
