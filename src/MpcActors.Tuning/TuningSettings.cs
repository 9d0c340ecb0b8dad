using System.Globalization;

namespace MpcActors.Tuning;

/// <summary>A choice on the command line; behaviour lives in the classes of these names.</summary>
public enum OptimizerKind
{
    Cma,
    Nes,
    Spsa,
    RandomSearch,
}

/// <summary>What the data owner gets to see of a candidate.</summary>
public enum Reveal
{
    /// <summary>The logits of its texts, from which it computes losses and fits class offsets.</summary>
    Logits,

    /// <summary>The loss alone, computed with the labels as shares; of development and test texts also how many are labelled right.</summary>
    Loss,
}

/// <summary>
/// How a prompt is tuned. The defaults are those with which the documented accuracies were measured: more queries overfit the few
/// training texts (the loss goes on falling, accuracy peaks at 400 to 600), and a larger alpha breaks the model.
/// </summary>
public sealed record TuningSettings
{
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Cma;

    /// <summary>Length of z (d').</summary>
    public int LatentDimension { get; init; } = 500;

    /// <summary>Prompts evaluated together, as one batch.</summary>
    public int Population { get; init; } = 20;

    /// <summary>Budget of passes over the training set, one a prompt; whole generations only. Checks on the development set do not count.</summary>
    public int Queries { get; init; } = 500;

    /// <summary>First step size, in units of z; for NES and SPSA, which have two, a factor of the usual ones.</summary>
    public double Sigma { get; init; } = 1;

    /// <summary>Strength of the prompt: standard deviations of the activations a unit of |z|/√d' moves them by.</summary>
    public double Alpha { get; init; } = 0.3;

    /// <summary>Rows of the prompt.</summary>
    public int PrefixRows { get; init; } = 10;

    /// <summary>Queries between two checks on the development set.</summary>
    public int DevEvery { get; init; } = 100;

    /// <summary>Stop after this many checks in a row without improvement; null never stops early.</summary>
    public int? Patience { get; init; }

    /// <summary>Fit class offsets anew for every prompt and score it with them.</summary>
    public bool FitOffsets { get; init; } = true;

    public Reveal Reveal { get; init; } = Reveal.Logits;

    public ulong Seed { get; init; } = 1;

    /// <summary>What the forward pass computes (model, attention, prompt form), so that a checkpoint of another one is not continued.</summary>
    public string Setup { get; init; } = "";

    /// <summary>The label words or sentences, which are weights of the model that is tuned: other ones are another session.</summary>
    public string Labels { get; init; } = "";

    public int Generations => Queries / Population;

    /// <exception cref="ArgumentException">Settings that cannot be run, with the value and what would do.</exception>
    public void Validate()
    {
        Require(LatentDimension >= 2, $"the latent dimension is {LatentDimension}, it must be at least 2");
        Require(Population >= 4, $"the population is {Population}, it must be at least 4");
        Require(Optimizer is not (OptimizerKind.Nes or OptimizerKind.Spsa) || Population % 2 == 0, $"the population is {Population}, but {Optimizer} asks in pairs: it must be even");
        Require(Queries >= Population, $"the budget of {Queries} queries is less than one generation of {Population}");
        Require(Sigma > 0 && double.IsFinite(Sigma), $"the step size is {Sigma}, it must be positive");
        Require(Alpha > 0 && double.IsFinite(Alpha), $"alpha is {Alpha}, it must be positive");
        Require(PrefixRows >= 1, $"the prompt has {PrefixRows} rows, it must have at least 1");
        Require(DevEvery >= 1, $"the development set is checked every {DevEvery} queries, it must be at least every 1");
        Require(Reveal == Reveal.Logits || !FitOffsets, "class offsets are fitted to logits; where only losses are revealed they cannot be, so switch them off");
        Require(Patience is null or >= 1, $"the patience is {Patience} checks, it must be at least 1 or absent");
    }

    /// <summary>The optimiser before its first generation.</summary>
    public IOptimizer Start() => Optimizer switch
    {
        OptimizerKind.Cma => new Cma(new double[LatentDimension], Sigma, Population, Seed),
        OptimizerKind.Nes => new Nes(new double[LatentDimension], Nes.UsualSpread * Sigma, Nes.UsualRate * Sigma, Population, Seed),
        OptimizerKind.Spsa => new Spsa(new double[LatentDimension], Spsa.UsualSpread * Sigma, Spsa.UsualRate * LatentDimension * Sigma, Population, Seed),
        OptimizerKind.RandomSearch => new RandomSearch(LatentDimension, Sigma, Population, Seed),
        _ => throw new ArgumentException($"{Optimizer} is no known optimizer"),
    };

    /// <summary>Every setting that decides a run's bytes, by the name that a user knows it by.</summary>
    public IReadOnlyList<(string Name, string Value)> Facts =>
    [
        ("model and prompt form", Setup), ("list of labels", Labels), ("optimizer", Optimizer.ToString()), ("latent dimension", Text(LatentDimension)), ("population", Text(Population)),
        ("budget of queries", Text(Queries)), ("step size", Text(Sigma)), ("alpha", Text(Alpha)), ("number of prompt rows", Text(PrefixRows)), ("number of queries between checks", Text(DevEvery)),
        ("patience", Patience is { } patience ? Text(patience) : "none"), ("fitting of class offsets", FitOffsets ? "on" : "off"), ("revealed value", Reveal.ToString()),
        ("seed", Seed.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <summary>What a run on these texts is bound to.</summary>
    public RunFacts FactsWith(params ReadOnlySpan<TextSet> sets) => new(Facts, [.. sets.ToArray().Select(set => (set.Name, RunFacts.HashOf(set)))]);

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static void Require(bool holds, string message)
    {
        if (!holds)
            throw new ArgumentException(message);
    }
}
