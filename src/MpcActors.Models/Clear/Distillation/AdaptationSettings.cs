using MpcActors.Models.Clear.Training;

namespace MpcActors.Models.Clear.Distillation;

/// <summary>Which weights of the student the distillation changes.</summary>
public enum TrainedPart
{
    /// <summary>The frequencies alone; only for random features.</summary>
    Features,

    /// <summary>Frequencies, the attention's projections, norms and biases: a small patch.</summary>
    Attention,

    /// <summary>Everything but the token embedding, which the data owner applies itself.</summary>
    All,
}

/// <param name="Attention">What takes the place of softmax.</param>
/// <param name="Features">Frequencies a head of random features.</param>
/// <param name="Steps">Steps of the whole model on its teacher's embeddings and hidden states; local steps come on top, as <see cref="LocalSteps"/> says.</param>
/// <param name="Batch">Texts a step.</param>
/// <param name="Rate">Largest rate of Adam; frequencies take twice as much.</param>
/// <param name="MaxTokens">Longer texts are cut.</param>
/// <param name="CheckEvery">Steps between two looks at the held-out texts.</param>
/// <param name="Patience">Looks without improvement after which training stops; null never does.</param>
public sealed record AdaptationSettings(
    TrainedAttention Attention = TrainedAttention.RandomFeatures,
    TrainedPart Part = TrainedPart.Attention,
    int Features = 64,
    int Steps = 3000,
    int Batch = 32,
    float Rate = 7e-4f,
    int MaxTokens = 48,
    int CheckEvery = 100,
    int? Patience = null,
    ulong Seed = 0)
{
    /// <summary>Steps of each layer's attention alone, on what the teacher's layer is given: far cheaper than a step of the whole.</summary>
    public int LocalSteps(int layer) => layer == 0 ? Steps : Steps / 4;

    /// <exception cref="ArgumentException">The settings do not fit together.</exception>
    public void Validate()
    {
        if (Attention == TrainedAttention.Softmax) throw new ArgumentException("softmax is what the model has; adapt to rfa, 2quad or uniform");
        if (Part == TrainedPart.Features && Attention != TrainedAttention.RandomFeatures) throw new ArgumentException("only random feature attention has features to train; train attention or all");
    }
}
