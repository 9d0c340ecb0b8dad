using MpcActors.Ring;

namespace MpcActors.Fss.Tests;

public sealed class BadArgumentTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(65)]
    [InlineData(-1)]
    public void A_domain_has_1_to_64_bits(int bits) =>
        Assert.Contains("1 to 64 bits", Assert.Throws<ArgumentOutOfRangeException>(() => KeyForm.Point(bits)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_point_outside_its_domain_is_refused() =>
        Refused("outside a domain of 4 bits", () => FssKeys.Generate(KeyForm.Point(4), [15, 16], [1, 1], Seed.Zero));

    [Fact]
    public void Payloads_must_be_those_of_the_form()
    {
        Refused("2 points have as many payloads, not 1", () => FssKeys.Generate(KeyForm.Point(4), [1, 2], [1], Seed.Zero));
        Refused("take no other", () => FssKeys.Generate(KeyForm.Comparison(4, FssPayload.Bit), [1, 2], [1, 1], Seed.Zero));
        Refused("0 or 1", () => FssKeys.Generate(KeyForm.Point(4, FssPayload.Bit), [1], [2], Seed.Zero));
        Refused("no dual payload", () => FssKeys.Generate(KeyForm.Point(4), [1], [2], Seed.Zero, [3]));
        Refused("as many duals, not 2", () => FssKeys.Generate(KeyForm.Comparison(4), [1], [2], Seed.Zero, [3, 4]));
        Refused("not set", () => FssKeys.Generate(default, [1], [2], Seed.Zero));
    }

    [Fact]
    public void Arrays_must_fit_the_keys()
    {
        var form = KeyForm.Comparison(8);
        var keys = FssKeys.Generate(form, [1, 2], [1, 1], Seed.Zero).Zero;

        Refused("2 keys have 2 points and results, not 1 and 2", () => Done(() => keys.Evaluate(new ulong[1], new ulong[2])));
        Refused("give 512 results, not 511", () => Done(() => keys.EvaluateAll(new ulong[511])));
        Refused("1 keys (comparison over 8 bits with a word payload) have 23 words", () => new FssKeys(form, 0, new ulong[2], new ulong[21]));
        Refused("two each", () => new FssKeys(form, 0, new ulong[3], new ulong[21]));
        Refused("party 0's or party 1's", () => new FssKeys(form, 2, new ulong[2], new ulong[23]));
        Refused("2 words of roots", () => FssKeys.Corrections(form, [1], [1], new ulong[2], new ulong[3]));
    }

    [Fact]
    public void A_domain_too_large_for_the_memory_is_not_evaluated_in_full() =>
        Assert.Contains("too large", Assert.Throws<InvalidOperationException>(
            () => FssKeys.Generate(KeyForm.Point(40), [1], [1], Seed.Zero).Zero.EvaluateAll(new ulong[1])).Message, StringComparison.Ordinal);

    static void Refused(string message, Func<object?> action) =>
        Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);

    static object? Done(Action action)
    {
        action();
        return null;
    }
}
