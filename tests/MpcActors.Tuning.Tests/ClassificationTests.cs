namespace MpcActors.Tuning.Tests;

public sealed class ClassificationTests
{
    [Fact]
    public void Cross_entropy_is_the_mean_of_minus_log_probabilities()
    {
        double[,] logits = { { 0, 0 }, { 1, 3 } };
        var expected = (Math.Log(2) + Math.Log(1 + Math.Exp(-2))) / 2;
        Assert.Equal(expected, Classification.CrossEntropy(logits, [0, 1], [0, 0]), 1e-14);
        Assert.Equal(1000, Classification.CrossEntropy(new double[,] { { 0, 1000 } }, [0], [0, 0]), 1e-9);
    }

    [Fact]
    public void Accuracy_counts_the_largest_logit_with_its_offset()
    {
        double[,] logits = { { 2, 1 }, { 2, 1 }, { 0, 5 }, { 3, 3 } };
        Assert.Equal(0.75, Classification.Accuracy(logits, [0, 1, 1, 0], [0, 0]));
        Assert.Equal([1, 1, 1, 1], Classification.Predictions(logits, [0, 1.5]));
    }

    [Fact]
    public void Offsets_undo_a_bias_towards_one_class()
    {
        // Two classes a unit apart, with 1.5 added to the first: without offsets all goes to it.
        double[,] logits = { { 2.5, 1 }, { 2.3, 1 }, { 1.5, 1 }, { 1.6, 1 } };
        int[] labels = [0, 0, 1, 1];
        Assert.Equal(0.5, Classification.Accuracy(logits, labels, [0, 0]));
        var offsets = ClassOffsets.Fit(logits, labels);
        Assert.Equal(1, Classification.Accuracy(logits, labels, offsets));
        Assert.True(Classification.CrossEntropy(logits, labels, offsets) < Classification.CrossEntropy(logits, labels, [0, 0]));
        Assert.Equal(0, offsets.Sum(), 1e-12);
    }

    [Fact]
    public void Symmetric_logits_need_no_offsets()
    {
        Assert.Equal([0, 0], ClassOffsets.Fit(new double[,] { { 1, 0 }, { 0, 1 } }, [0, 1]));
    }

    [Fact]
    public void Labels_that_do_not_fit_the_logits_are_refused()
    {
        Assert.Contains("2 rows", Assert.Throws<ArgumentException>(() => ClassOffsets.Fit(new double[2, 2], [0])).Message, StringComparison.Ordinal);
        Assert.Contains("label of text 1 is 2", Assert.Throws<ArgumentException>(() => Classification.Accuracy(new double[2, 2], [0, 2], [0, 0])).Message, StringComparison.Ordinal);
    }
}
