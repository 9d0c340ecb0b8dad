using MpcActors.Experiments;
using MpcActors.Protocols;

namespace MpcActors.Cli;

/// <summary>A planned run, for machines.</summary>
sealed record CostReport : Report
{
    public required string Model { get; init; }

    public required string Suite { get; init; }

    public required string Attention { get; init; }

    public required string Method { get; init; }

    public required int Tokens { get; init; }

    public required int Batch { get; init; }

    public required int Population { get; init; }

    /// <summary>Forward passes one after another; a population and its texts share one.</summary>
    public required long Passes { get; init; }

    public required int Sequences { get; init; }

    public required long Rounds { get; init; }

    public required OnlineBytes Online { get; init; }

    public required OfflineTraffic Offline { get; init; }

    /// <summary>Opening the weights under their masks, once for a model.</summary>
    public required SetUpTraffic SetUp { get; init; }

    public required long Multiplications { get; init; }

    public required long PeakBytes { get; init; }

    public required double ComputeSeconds { get; init; }

    /// <summary>By network.</summary>
    public required IReadOnlyDictionary<string, double> Seconds { get; init; }

    public required IReadOnlyList<OperationShare> ByOperation { get; init; }

    public required IReadOnlyList<OperationShare> ByLayer { get; init; }

    /// <summary>With <c>--suite auto</c>.</summary>
    public IReadOnlyList<SuiteChoice> Picks { get; init; } = [];

    /// <summary>Forward, backward and optimiser of a gradient step; none in forward-only tuning.</summary>
    public required IReadOnlyList<OperationShare> ByPhase { get; init; }

    public static CostReport Of(TransformerChoice choice, CommonSettings common, CostPlan plan, int batch, int population, long passes, string method = "fot")
    {
        try
        {
            return Planned(choice, common, plan, batch, population, passes, method);
        }
        catch (OverflowException problem)
        {
            throw new BadInputException($"{passes} passes come to more than 2^63 bytes or multiplications; plan fewer --queries", problem);
        }
    }

    static CostReport Planned(TransformerChoice choice, CommonSettings common, CostPlan plan, int batch, int population, long passes, string method)
    {
        var isOfSteps = method != "fot";
        var total = plan.Total;
        var sent = checked(passes * total.SentBytes);
        var compute = passes * ComputeProfile.TwoCores.SecondsOf(total);
        return new()
        {
            Command = "cost",
            Seed = common.Seed,
            Model = choice.Config.Name,
            Suite = choice.Suite.Name,
            Attention = choice.AttentionName,
            Method = method,
            Tokens = choice.Tokens,
            Batch = batch,
            Population = population,
            Passes = passes,
            Sequences = plan.Sequences,
            Rounds = checked(passes * total.Rounds),
            Online = new([sent, sent], [sent, sent], checked(2 * sent)),
            Offline = new([0, checked(passes * total.DealtBytes)]),
            SetUp = new([plan.SetUpBytes, plan.SetUpBytes]),
            Multiplications = checked(passes * total.Multiplications),
            PeakBytes = plan.PeakBytes,
            ComputeSeconds = compute,
            Seconds = common.Networks.ToDictionary(network => network.Name, network => passes * plan.SecondsOn(network, ComputeProfile.TwoCores)),
            Picks = plan.Choices,
            ByOperation = OperationShare.Of(plan.Operations, operation => operation.Operation, passes),
            ByLayer = OperationShare.Of(plan.Operations, operation => operation.Path.Split('/')[isOfSteps ? 1 : 0], passes),
            ByPhase = isOfSteps ? OperationShare.Of(plan.Operations, operation => operation.Path.Split('/')[0], passes) : [],
        };
    }

    /// <param name="CryptenBytes">Sent and received by one party.</param>
    internal sealed record OnlineBytes(long[] SentBytesPerParty, long[] ReceivedBytesPerParty, long CryptenBytes);

    /// <summary>Party zero expands what it is dealt from a seed.</summary>
    internal sealed record OfflineTraffic(long[] BytesPerParty);

    internal sealed record SetUpTraffic(long[] SentBytesPerParty);
}

/// <summary>One operation's part, all of its calls together.</summary>
sealed record OperationShare(string Operation, long Rounds, long SentBytes, long OfflineBytes, long Multiplications, double Share)
{
    /// <summary>Groups in the order in which they first begin.</summary>
    public static IReadOnlyList<OperationShare> Of(IReadOnlyList<OperationCost> operations, Func<OperationCost, string> name, long times = 1)
    {
        var sent = Math.Max(1, operations.Sum(operation => operation.SentBytes));
        return [.. operations.GroupBy(name).Select(group => new OperationShare(
            group.Key, checked(times * group.Sum(operation => operation.Rounds)), checked(times * group.Sum(operation => operation.SentBytes)), checked(times * group.Sum(operation => operation.DealtBytes)),
            checked(times * group.Sum(operation => operation.Multiplications)), (double)group.Sum(operation => operation.SentBytes) / sent))];
    }
}
