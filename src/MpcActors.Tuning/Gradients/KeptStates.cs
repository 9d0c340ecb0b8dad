namespace MpcActors.Tuning.Gradients;

/// <summary>After which of a training's steps states are kept: by the data owner and by each party alike, so that there is one to go on from in every file.</summary>
/// <param name="Steps">Of the whole training.</param>
/// <param name="KeepEvery">Steps between two states; the last step's is kept in any case.</param>
public readonly record struct KeptStates(int Steps, int KeepEvery)
{
    public bool AreKeptAfter(int steps) => steps % KeepEvery == 0 || steps == Steps;

    /// <summary>How many have been kept with the one after so many steps.</summary>
    public int CountAfter(int steps) => (steps + KeepEvery - 1) / KeepEvery;
}
