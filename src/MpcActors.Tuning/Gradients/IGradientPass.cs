namespace MpcActors.Tuning.Gradients;

/// <summary>What the data owner can ask of whoever trains: steps of a batch, and logits of texts with what was learned so far.</summary>
public interface IGradientPass
{
    /// <summary>Before anything else: the session begins, or goes on after so many steps.</summary>
    void Begin(int from);

    /// <summary>Makes a step.</summary>
    /// <param name="step">From 0.</param>
    /// <returns>The batch's mean cross-entropy before it.</returns>
    ValueTask<double> Step(int step, double rate, TrainingSet batch);

    /// <summary>Logits after so many steps: [texts, classes].</summary>
    ValueTask<double[,]> Logits(int steps, TrainingSet set);
}
