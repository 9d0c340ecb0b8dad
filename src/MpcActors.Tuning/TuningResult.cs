namespace MpcActors.Tuning;

/// <summary>What a tuning found, and what it is to be compared with: the same model without a prompt, and that with the owner's class offsets.</summary>
/// <param name="Latent">z of the selected prompt.</param>
/// <param name="Offsets">Class offsets fitted with it; none where only losses were revealed.</param>
/// <param name="ZeroShot">Test accuracy of the unprompted model.</param>
/// <param name="ZeroShotWithOffsets">The same with class offsets fitted on the training texts; null where only losses were revealed.</param>
/// <param name="Tuned">Test accuracy of the selected prompt with its offsets.</param>
/// <param name="Queries">Passes over the training set that the optimiser used.</param>
/// <param name="Losses">The smallest training loss of each generation.</param>
/// <param name="Checks">Development checks; the first is z = 0.</param>
/// <param name="Selected">Index into <paramref name="Checks"/> of the selected prompt.</param>
/// <param name="ZeroShotTestLogits">[texts, classes], without offsets; empty where only losses were revealed.</param>
/// <param name="TestLogits">[texts, classes] of the selected prompt, without offsets.</param>
public sealed record TuningResult(
    double[] Latent,
    double[] Offsets,
    double ZeroShot,
    double? ZeroShotWithOffsets,
    double Tuned,
    int Queries,
    IReadOnlyList<double> Losses,
    IReadOnlyList<DevCheck> Checks,
    int Selected,
    double[,] ZeroShotTestLogits,
    double[,] TestLogits);

/// <summary>Where a tuning stands, for display; elapsed time decides nothing.</summary>
/// <param name="DevAccuracy">Of the last check, or null before the first.</param>
public sealed record TuningProgress(int Queries, int Budget, double BestLoss, double? DevAccuracy, TimeSpan Elapsed);
