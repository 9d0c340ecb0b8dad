namespace MpcActors.Data;

/// <summary>Draws the few-shot sets of a task.</summary>
public static class FewShot
{
    /// <summary>
    /// <paramref name="shots"/> texts a class for training and as many others for development, from the pool, classes taking turns. The same
    /// seed gives the same sets.
    /// </summary>
    /// <exception cref="InvalidDataException">A class has fewer than 2 <paramref name="shots"/> texts in the pool.</exception>
    public static FewShotSplit Split(TextTask task, int shots, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shots);
        var shuffled = new SplitMix64(seed).Shuffle(task.Pool);
        var classes = Enumerable.Range(0, task.ClassNames.Count).Select(label => shuffled.Where(text => text.Label == label).ToArray()).ToArray();
        for (var label = 0; label < classes.Length; label++)
        {
            if (classes[label].Length < 2L * shots)
                throw new InvalidDataException($"Task {task.Name}: class {task.ClassNames[label]} has {classes[label].Length} texts to draw from; {shots} shots for training and as many for development need {2L * shots}.");
        }

        IReadOnlyList<LabelledText> Take(int from) => [.. Enumerable.Range(from, shots).SelectMany(i => classes.Select(texts => texts[i]))];
        return new FewShotSplit(Take(0), Take(shots));
    }
}
