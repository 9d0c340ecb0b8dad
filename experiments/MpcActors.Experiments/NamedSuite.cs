using MpcActors.Models.Transformers;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Protocols.Hybrid;
using MpcActors.Protocols.Published;
using MpcActors.Protocols.Training;

namespace MpcActors.Experiments;

/// <summary>A suite by the name it has on the command line, with what it computes in the clear.</summary>
/// <param name="Create">A party's own; a suite may keep state.</param>
/// <param name="Features">The random features that its cosine serves.</param>
/// <param name="Functions">Its oracle.</param>
public sealed record NamedSuite(string Name, string Description, Func<ISuite> Create, FeatureForm Features, IClearFunctions Functions)
{
    static readonly ExactFunctions Exact = new();

    /// <summary>Whether its truncation is each party's own, which now and then goes wrong.</summary>
    public bool HasGrossErrors { get; private init; }

    /// <summary>The same protocols for steps of training; null where a suite has none.</summary>
    Func<ITrainingSuite>? Training { get; init; }

    public static NamedSuite Fused { get; } = new("fused", "ours", () => new FusedSuite(), FeatureForm.CosineAndSine, Exact) { Training = () => new FusedTraining() };

    public static NamedSuite PriFft { get; } = new("prifft", "PriFFT's hybrid: functions by keys", () => new PriFftSuite(), FeatureForm.CosineAndSine, Exact) { Training = () => new PriFftTraining() };

    public static NamedSuite Published { get; } = AsPublished("published", "CrypTen with SecP-Tuning's one-round cosine", PublishedCosine.OneRound);

    public static NamedSuite PublishedStockCosine { get; } = AsPublished("published-stock-cosine", "CrypTen as it stands", PublishedCosine.Stock);

    /// <summary>Name of <see cref="CheapestOn"/>, which is another suite on every network.</summary>
    public const string Auto = "auto";

    /// <summary>For each operation ours or PriFFT's, whichever is planned to be faster on a network.</summary>
    public static NamedSuite CheapestOn(LinkProfile network, ComputeProfile compute) => new(
        Auto,
        FormattableString.Invariant($"the faster of {Fused.Name} and {PriFft.Name} for each operation at {network.Latency.TotalMilliseconds} ms and {network.BitsPerSecond / 1e6} Mbps"),
        () => new CheapestSuite([Fused.Create(), PriFft.Create()], cost => compute.SecondsOn(network, cost)), FeatureForm.CosineAndSine, Exact);

    public static IReadOnlyList<NamedSuite> All { get; } = [Fused, PriFft, Published, PublishedStockCosine];

    public static NamedSuite Find(string name) =>
        All.FirstOrDefault(suite => suite.Name == name) ?? throw new ArgumentException($"no suite is called '{name}'; there are {string.Join(", ", All.Select(suite => suite.Name))}");

    /// <exception cref="NotSupportedException">The suite has no protocols for a way back.</exception>
    public ITrainingSuite CreateTraining() => Training?.Invoke() ?? throw new NotSupportedException($"the suite {Name} has no protocols for a step of training");

    static NamedSuite AsPublished(string name, string description, PublishedCosine cosine) =>
        new(name, description, () => new PublishedSuite(cosine), FeatureForm.ShiftedCosine, new PublishedApproximations(cosine)) { HasGrossErrors = true, Training = () => new PublishedTraining() };
}
