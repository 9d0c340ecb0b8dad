using MpcActors.Data.Transformers;
using MpcActors.Protocols;
using MpcActors.Protocols.Training;
using MpcActors.Ring;

namespace MpcActors.Models.Transformers.Training;

/// <summary>What a training step will cost, exactly: the parties' own program walked with shapes only.</summary>
/// <remarks>Of an optimiser that keeps moments it is a step after the first, as all others are: moments that there are have to be brought up to date. The first costs less.</remarks>
public static class TrainingPlan
{
    /// <param name="lengths">Tokens of each text, without the prompt's rows.</param>
    /// <param name="answers">The row within each text where its label word is predicted.</param>
    /// <param name="promptRows">With <see cref="TuningMethod.Prompt"/>; with <see cref="TuningMethod.Full"/> a prompt that is trained beside all weights, or 0.</param>
    public static TransformerPlan Of(
        ITrainingSuite suite, TransformerConfig config, int classes, TuningMethod method, int promptRows, int[] lengths, int[] answers, IShareOptimizer optimizer,
        TrainableAttention? attention = null, TrainedTensors? trained = null)
    {
        var rows = method == TuningMethod.Layers ? 0 : promptRows;
        return Of(
            suite, make => new TrainableTransformer(config, classes, method, promptRows, make, attention, trained), method == TuningMethod.Full ? config.Vocabulary : 0, config.Width, classes,
            Array.ConvertAll(lengths, length => length + rows), rows, Array.ConvertAll(answers, answer => answer + rows), optimizer);
    }

    /// <summary>The same of any model.</summary>
    /// <param name="build">The model, whose tensors are made by what it is given.</param>
    /// <param name="vocabulary">Columns of shared one-hot tokens, or 0 where embedded rows are shared.</param>
    /// <param name="lengths">Of the texts, a prompt's rows included.</param>
    public static TransformerPlan Of(
        ITrainingSuite suite, Func<Func<string, Shape, bool, Parameter>, ITrainableModel> build, int vocabulary, int width, int classes,
        int[] lengths, int promptRows, int[] answers, IShareOptimizer optimizer)
    {
        var first = Walk(suite, build, vocabulary, width, classes, lengths, promptRows, answers, optimizer);
        return optimizer.State.Moments.Count > 0 ? Walk(suite, build, vocabulary, width, classes, lengths, promptRows, answers, optimizer) : first;
    }

    static TransformerPlan Walk(
        ITrainingSuite suite, Func<Func<string, Shape, bool, Parameter>, ITrainableModel> build, int vocabulary, int width, int classes,
        int[] lengths, int promptRows, int[] answers, IShareOptimizer optimizer)
    {
        var port = new Port(Role.PartyZero, _ => { });
        var party = new Party(Seat.Planner, port);
        var model = build((name, shape, isTrained) => new Parameter(name, new Share(RingTensor.Hollow(shape), isTrained ? suite.ParameterBits : FixedPoint.FractionBits), isTrained));
        var shape = new Shape(lengths.Sum() - lengths.Length * promptRows, vocabulary > 0 ? vocabulary : width);
        var input = new Share(RingTensor.Hollow(shape), vocabulary > 0 ? 0 : FixedPoint.FractionBits);
        var labels = new Share(RingTensor.Hollow(new Shape(lengths.Length, classes)), 0);
        var walk = new TrainingStep(suite, model, TrainingStep.UsualLossScale).Run(party, input, labels, lengths, answers, optimizer);
        if (!walk.IsCompleted) throw new InvalidOperationException("the program waited for a frame while it was planned");
        walk.GetAwaiter().GetResult();
        return new(port.Meter.Operations, port.Meter.SetUpBytes, port.Meter.LargestStep);
    }
}
