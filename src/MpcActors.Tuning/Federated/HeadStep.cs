using MpcActors.Protocols;
using MpcActors.Protocols.Hybrid;
using MpcActors.Ring;

namespace MpcActors.Tuning.Federated;

/// <summary>One step of a softmax classifier on shares: forward, cross-entropy, backward, and the change of its parameters.</summary>
/// <remarks>
/// <para>1. Open the parameters under a mask: one round. Scores are a product of open wires: local.</para>
/// <para>2. <see cref="BoundedSoftmax"/>: eight rounds. 3. Open the weights less the labels: one round. The gradient is an outer product of open wires: local.</para>
/// Features carry the factor log₂ e, so scores are exponents of two; parameters have the fraction bits of features, softmax and step
/// together, so nothing on their way is ever truncated. Each row of parameters adds up to zero, and every gradient does: scores are centred as they are.
/// </remarks>
public static class HeadStep
{
    public const int FeatureBits = 10;
    public const int StepBits = 14;
    public const int ParameterBits = FeatureBits + FixedPoint.FractionBits + StepBits;

    /// <summary>What features are multiplied by.</summary>
    public const double FeatureScale = 1.4426950408889634;

    public static Cost CostOf(Shape batch, int classes)
    {
        var (parameters, scores) = (new Shape(batch.Columns, classes), new Shape(batch.Rows, classes));
        return Cost.Masking(parameters.Count) + MatrixMultiplication.CostOf(scores) + BoundedSoftmax.CostOf(scores) + Cost.Masking(scores.Count)
            + OuterProducts.CostOf(batch, scores);
    }

    /// <summary>The public factor of a step: learning rate over batch size, and log₂ e back.</summary>
    public static ulong StepSize(double learningRate, int batch) => FixedPoint.Encode(learningRate / batch / FeatureScale, StepBits);

    /// <summary>The sum of gradients over the batch, times log₂ e.</summary>
    /// <param name="x">[texts, features], opened once for all steps.</param>
    /// <param name="labels">[texts, classes], one 1 in each row, 16 fraction bits.</param>
    public static async ValueTask<Share> Gradient(Party party, Share parameters, Masked x, Share labels)
    {
        var scores = Scores(party, x, await party.Mask(parameters));
        var weights = await party.SoftmaxOfCentred(scores);
        return party.OuterProduct(x, await party.Mask(weights - labels));
    }

    /// <summary>The parameters after a step of gradient descent. Local.</summary>
    public static Share Descend(Share parameters, Share gradient, double learningRate, int batch) =>
        new(parameters.Value - gradient.Value * StepSize(learningRate, batch), ParameterBits);

    static Share Scores(Party party, Masked x, Masked parameters)
    {
        var result = new Shape(x.Shape.Rows, parameters.Shape.Columns);
        return party.MultiplyBlocks(result, new BlockFactors(x, parameters, [new(Whole(x.Shape), Whole(parameters.Shape), Whole(result))]));

        static MatrixView Whole(Shape shape) => new(0, shape.Columns, shape.Rows, shape.Columns);
    }
}
