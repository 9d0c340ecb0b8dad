namespace MpcActors.Data;

/// <summary>One text and the index of its class.</summary>
public sealed record LabelledText(string Text, int Label);

/// <summary>A classification task.</summary>
/// <param name="ClassNames">One a class; a label is an index into it.</param>
/// <param name="LabelSentences">One a class: the sentence whose embedding stands for the class (the verbalizer).</param>
/// <param name="Pool">What few-shot training and development sets are drawn from.</param>
/// <param name="Test">Disjoint from the pool; callers that are in a hurry take its first rows.</param>
public sealed record TextTask(
    string Name,
    IReadOnlyList<string> ClassNames,
    IReadOnlyList<string> LabelSentences,
    IReadOnlyList<LabelledText> Pool,
    IReadOnlyList<LabelledText> Test);

/// <summary>The same number of texts of each class for training and for development.</summary>
public sealed record FewShotSplit(IReadOnlyList<LabelledText> Train, IReadOnlyList<LabelledText> Dev);
