using MpcActors.Actors;
using MpcActors.Data.Transformers;
using MpcActors.Models;
using MpcActors.Models.Transformers;
using MpcActors.Models.Transformers.Training;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Experiments;

/// <summary>What passes of a transformer will cost, each party: the program walked with shapes alone, so nothing of it is an estimate but time and memory.</summary>
/// <param name="SetUpBytes">That each party sends to open the weights under their masks, once for a model.</param>
/// <param name="LargestStep">Dealt and sent bytes of the dearest single call of an operation: what decides about memory.</param>
public sealed record CostPlan(
    TransformerOutline Outline, int Sequences, IReadOnlyList<OperationCost> Operations, long SetUpBytes, long LargestStep)
{
    /// <summary>What was dealt to party one for it, as it is held by dealer, both parties and the frame in between, and what each has of an opening.</summary>
    const int CopiesOfStep = 4;

    /// <summary>A layer's weights: the owner's in several precisions, both parties' shares, open and masked forms packed, the dealer's mask.</summary>
    const int CopiesOfLayer = 14;

    /// <summary>The program, its collector's reserve and what else is always there.</summary>
    const long Base = 600_000_000;

    /// <summary>Both parties' shares and halves and the dealer's difference of masks; halves and the difference. Gradients are used up part by part.</summary>
    const int CopiesOfTrained = 5, CopiesOfFrozen = 3;

    /// <summary>Both parties', before anything is opened.</summary>
    const int CopiesOfShare = 2;

    /// <summary>Both parties' shares of an optimiser's two moments.</summary>
    const int CopiesOfMoments = 4;

    /// <summary>Halves, or openings and masks, as far as the way back reads them; most of what is sent is only truncated.</summary>
    const int CopiesOfOpening = 3;

    /// <summary>The most that a step holds at once: shares of the weights, their halves, gradients, moments, what the way there keeps for the way back, and what is dealt. Null of a pass, whose layers are streamed.</summary>
    public long? HeldBytes { get; init; }

    /// <summary>Which protocols were picked, and why; none where a suite leaves no choice.</summary>
    public IReadOnlyList<SuiteChoice> Choices { get; init; } = [];

    public OperationCost Total { get; } = Operations.Aggregate(new OperationCost(""), (sum, operation) => sum + operation);

    /// <summary>Sent and received by one party: CrypTen's way of counting, and so the papers'.</summary>
    public long CryptenBytes => 2 * Total.SentBytes;

    /// <summary>What a run may take of this machine's memory; the rest is the system's.</summary>
    public static long UsableBytes => (long)(0.9 * GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>An estimate for all roles in one process.</summary>
    public long PeakBytes => Base + (HeldBytes ?? CopiesOfStep * LargestStep + CopiesOfLayer * sizeof(ulong) * Outline.LayerShapes(0).Sum(shape => (long)shape.Count));

    /// <summary>Plans one pass over <paramref name="sequences"/> texts of <paramref name="tokens"/> each, all in the same rounds.</summary>
    /// <exception cref="ArgumentException">More values would be handled at once than a tensor can hold.</exception>
    public static CostPlan Of(TransformerOutline outline, NamedSuite suite, int tokens, int sequences)
    {
        var lengths = Enumerable.Repeat(tokens, sequences).ToArray();
        var answers = Enumerable.Repeat(Math.Max(0, tokens - 2), sequences).ToArray();
        try
        {
            var protocols = suite.Create();
            var plan = TransformerPlan.Of(protocols, outline, isStreamed: true, lengths, answers);
            return new(outline, sequences, [.. plan.Operations.Where(IsOfPass)], plan.SetUpBytes, plan.LargestStep) { Choices = protocols is CheapestSuite cheapest ? cheapest.Choices : [] };
        }
        catch (OverflowException problem)
        {
            throw new ArgumentException($"a pass of {sequences} sequences of {tokens} tokens handles more values at once than a tensor holds, 2^31; plan fewer sequences a pass", problem);
        }
    }

    /// <summary>Plans one step of gradient descent: full fine-tuning, or of a prompt's rows before frozen layers.</summary>
    /// <param name="tokens">Of a text, without the prompt's rows.</param>
    /// <param name="attention">Softmax if nothing is said.</param>
    /// <param name="optimizer">Adam if nothing is said.</param>
    /// <param name="trained">All tensors if nothing is said.</param>
    /// <exception cref="ArgumentException">More values would be handled at once than a tensor can hold.</exception>
    public static CostPlan OfStep(TransformerConfig config, NamedSuite suite, TuningMethod method, int promptRows, int tokens, int texts, TrainableAttention? attention = null, IShareOptimizer? optimizer = null, TrainedTensors? trained = null)
    {
        var lengths = Enumerable.Repeat(tokens, texts).ToArray();
        var answers = Enumerable.Repeat(Math.Max(0, tokens - 2), texts).ToArray();
        try
        {
            optimizer ??= new ShareAdam(new AdamSettings(1e-3));
            var plan = TrainingPlan.Of(suite.CreateTraining(), config, PassSettings.Classes, method, promptRows, lengths, answers, optimizer, attention, trained);
            return new(TransformerOutline.Of(config, attention?.Kind ?? AttentionKind.Softmax, attention?.Features ?? 0, PassSettings.Classes), texts, [.. plan.Operations.Where(IsOfPass)], plan.SetUpBytes, plan.LargestStep)
            {
                HeldBytes = HeldBy(config, method, promptRows, attention, trained, optimizer is not ShareSgd, plan),
            };
        }
        catch (OverflowException problem)
        {
            throw new ArgumentException($"a step on {texts} texts of {tokens} tokens handles more values at once than a tensor holds, 2^31; plan fewer texts a step", problem);
        }
    }

    static long HeldBy(TransformerConfig config, TuningMethod method, int promptRows, TrainableAttention? attention, TrainedTensors? trained, bool hasMoments, TransformerPlan plan)
    {
        var (changed, frozen) = (0L, 0L);
        _ = new TrainableTransformer(config, PassSettings.Classes, method, promptRows, (name, shape, isTrained) =>
        {
            if (isTrained) changed += shape.Count;
            else frozen += shape.Count;
            return new Parameter(name, new Share(RingTensor.Hollow(shape), FixedPoint.FractionBits), isTrained);
        }, attention, trained);
        var forward = plan.Operations.Where(operation => operation.Path.StartsWith("forward/", StringComparison.Ordinal) && operation.Operation != "weights").Sum(operation => operation.SentBytes);
        var moments = hasMoments ? CopiesOfMoments * changed : 0;
        var atTheEnd = sizeof(ulong) * (CopiesOfTrained * changed + CopiesOfFrozen * frozen + moments) + CopiesOfOpening * forward;

        // The table of words, by far the largest tensor, comes first on the way there and last on the way back, when little else is open.
        var inLayers = plan.Operations.Where(operation => !operation.Path.Contains("/embedding", StringComparison.Ordinal)).Max(operation => operation.SentBytes + operation.DealtBytes);
        var atTheTable = sizeof(ulong) * (CopiesOfShare * (changed + frozen) + moments);
        return Math.Max(atTheEnd + CopiesOfStep * Math.Min(plan.LargestStep, inLayers), atTheTable + CopiesOfStep * plan.LargestStep);
    }

    /// <summary>Setting up is counted by itself, and what has neither rounds nor bytes is nothing to look at.</summary>
    internal static bool IsOfPass(OperationCost operation) => operation.Rounds > 0 || operation.DealtBytes > 0;

    /// <summary>Seconds of the pass online: rounds, bits and the busier party's computation one after another, as the simulator finds them.</summary>
    public double SecondsOn(LinkProfile network, ComputeProfile compute) => compute.SecondsOn(network, Total);
}

/// <summary>How fast a party computes: what turns counted work into seconds.</summary>
/// <param name="MultiplicationsPerSecond">Of matrix products on the ring, all cores.</param>
/// <param name="ElementsPerSecond">Values that element-wise gates handle, all cores.</param>
public sealed record ComputeProfile(double MultiplicationsPerSecond, double ElementsPerSecond)
{
    /// <summary>Measured with <c>mpc bench layer</c> on two cores of an EPYC without AVX-512, 2026.</summary>
    public static ComputeProfile TwoCores { get; } = new(15e9, 150e6);

    /// <summary>The same for a simulation, whose roles compute one at a time with the whole machine.</summary>
    public Work AsWork() => new Work.Modelled(1e9 / MultiplicationsPerSecond, 1e9 / ElementsPerSecond);

    /// <summary>Of the online half of a party's products with open wires, and of all gates.</summary>
    public double SecondsOf(OperationCost cost) => cost.Multiplications / 2 / MultiplicationsPerSecond + cost.Elements / ElementsPerSecond;

    /// <summary>Rounds, bits and computation one after another.</summary>
    public double SecondsOn(LinkProfile network, OperationCost cost) => cost.Rounds * network.Latency.TotalSeconds + 8.0 * cost.SentBytes / network.BitsPerSecond + SecondsOf(cost);
}
