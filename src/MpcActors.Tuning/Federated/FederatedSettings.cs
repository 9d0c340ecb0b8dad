using System.Globalization;

namespace MpcActors.Tuning.Federated;

/// <summary>What a client does with a gradient. Adam starts anew at every client in every round, so no moments are kept or sent.</summary>
public enum LocalOptimizer
{
    Sgd,
    Adam,
}

/// <summary>Everything public about a federated fine-tuning.</summary>
/// <param name="Rounds">Aggregations.</param>
/// <param name="LocalSteps">Steps a picked client takes from the global parameters in a round.</param>
/// <param name="Picked">Clients a round.</param>
/// <param name="Batch">Texts a step; a client with fewer takes all of its own.</param>
public sealed record FederatedSettings(int Rounds, int LocalSteps, int Picked, int Batch, LocalOptimizer Optimizer, double LearningRate, ulong Seed)
{
    public const double LargestRate = 16;

    /// <summary>Every setting that decides a run's bytes, by the name that a user knows it by.</summary>
    public IReadOnlyList<(string Name, string Value)> Facts =>
    [
        ("number of rounds", Text(Rounds)), ("number of local steps", Text(LocalSteps)), ("number of clients a round", Text(Picked)), ("batch size", Text(Batch)), ("optimizer", Optimizer.ToString()),
        ("learning rate", LearningRate.ToString("R", CultureInfo.InvariantCulture)), ("seed", Seed.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <exception cref="ArgumentException">A figure cannot be.</exception>
    public void Validate(int clients)
    {
        if (Rounds < 1) throw new ArgumentException($"there must be at least one round, not {Rounds}");
        if (LocalSteps is < 1 or > 64) throw new ArgumentException($"a client takes 1 to 64 local steps a round, not {LocalSteps}");
        if (Picked < 1 || Picked > clients) throw new ArgumentException($"{Picked} of {clients} clients cannot be picked; at least 1 and at most all of them");
        if (Batch is < 1 or > 256) throw new ArgumentException($"a batch has 1 to 256 texts, not {Batch}");
        if (!(LearningRate is > 0 and <= LargestRate)) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"the learning rate is above 0 and at most {LargestRate}, not {LearningRate}"));
    }

    static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
