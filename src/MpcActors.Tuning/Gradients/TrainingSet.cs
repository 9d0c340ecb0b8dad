using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Tuning.Gradients;

/// <summary>Texts as a model that is trained takes them.</summary>
/// <param name="Answers">Of each text the row where its label word is predicted; any where a model pools all rows.</param>
public sealed record TrainingSet(TextSet Texts, int[] Answers)
{
    public TrainingSet(TextSet texts)
        : this(texts, new int[texts.Labels.Length])
    {
    }

    /// <summary>Of all texts, one after another, and how many words there are: where the table of words is trained, tokens are shared one-hot, and rows are not.</summary>
    public (int[] Ids, int Vocabulary)? Tokens { get; init; }

    public int Count => Texts.Labels.Length;

    public int[] Lengths => Texts.Batch.Lengths;

    /// <summary>Some of the texts, in the order asked for.</summary>
    public TrainingSet Pick(int[] texts)
    {
        var (batch, starts) = (Texts.Batch, new int[Count + 1]);
        for (var i = 0; i < Count; i++) starts[i + 1] = starts[i] + batch.Lengths[i];
        double[] rows = [.. texts.SelectMany(text => batch.Rows[(starts[text] * batch.Width)..(starts[text + 1] * batch.Width)])];
        var picked = new TextSet(Texts.Name, new(rows, [.. texts.Select(text => batch.Lengths[text])], batch.Width), [.. texts.Select(text => Texts.Labels[text])]);
        return new(picked, [.. texts.Select(text => Answers[text])])
        {
            Tokens = Tokens is { } tokens ? ([.. texts.SelectMany(text => tokens.Ids[starts[text]..starts[text + 1]])], tokens.Vocabulary) : null,
        };
    }

    /// <summary>What is shared of the texts: rows, or one-hot tokens.</summary>
    internal RingTensor Input() => Tokens is { } tokens
        ? OneHot(tokens.Ids, tokens.Vocabulary)
        : FixedPoint.Encode(Texts.Batch.Rows, new Shape(Texts.Batch.TotalRows, Texts.Batch.Width));

    internal RingTensor SharedLabels(int classes) => OneHot(Texts.Labels, classes);

    static RingTensor OneHot(int[] ids, int count)
    {
        var result = RingTensor.Zeros(new(ids.Length, count));
        for (var i = 0; i < ids.Length; i++) result.Span[i * count + ids[i]] = 1;
        return result;
    }
}
