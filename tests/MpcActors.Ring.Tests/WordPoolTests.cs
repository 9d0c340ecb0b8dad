namespace MpcActors.Ring.Tests;

public sealed class WordPoolTests
{
    /// <summary>A length that nothing else in these tests has.</summary>
    const int Length = (1 << 14) + 77;

    [Fact]
    public void An_array_that_was_given_back_is_the_next_of_its_length_and_empty_where_zeros_are_asked_for()
    {
        var words = WordPool.Take(Length);
        words.AsSpan().Fill(5);
        WordPool.Return(words);
        var zeros = WordPool.TakeZeros(Length);
        Assert.Same(words, zeros);
        Assert.Equal(-1, zeros.AsSpan().IndexOfAnyExcept(0UL));
        Assert.NotSame(words, WordPool.Take(Length));
    }

    [Fact]
    public void Small_arrays_are_left_to_the_collector()
    {
        var words = WordPool.Take(100);
        WordPool.Return(words);
        Assert.NotSame(words, WordPool.Take(100));
    }
}
