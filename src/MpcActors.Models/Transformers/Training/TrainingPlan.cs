using MpcActors.Data.Transformers;
using MpcActors.Protocols;
using MpcActors.Protocols.Training;
using MpcActors.Ring;

namespace MpcActors.Models.Transformers.Training;

/// <summary>What a training step will cost, exactly: the parties' own program walked with shapes only.</summary>
public static class TrainingPlan
{
    /// <param name="lengths">Tokens of each text, without the prompt's rows.</param>
    /// <param name="answers">The row within each text where its label word is predicted.</param>
    /// <param name="promptRows">With <see cref="TuningMethod.Prompt"/>.</param>
    public static TransformerPlan Of(
        ITrainingSuite suite, TransformerConfig config, int classes, TuningMethod method, int promptRows, int[] lengths, int[] answers, IShareOptimizer optimizer)
    {
        var port = new Port(Role.PartyZero, _ => { });
        var party = new Party(Seat.Planner, port);
        var model = new TrainableTransformer(config, classes, method, promptRows, (name, shape, isTrained) =>
            new Parameter(name, new Share(RingTensor.Hollow(shape), isTrained ? suite.ParameterBits : FixedPoint.FractionBits), isTrained));
        var rows = method == TuningMethod.Prompt ? promptRows : 0;
        var input = new Share(RingTensor.Hollow(new Shape(lengths.Sum(), method == TuningMethod.Full ? config.Vocabulary : config.Width)), method == TuningMethod.Full ? 0 : FixedPoint.FractionBits);
        var labels = new Share(RingTensor.Hollow(new Shape(lengths.Length, classes)), 0);
        var walk = new TrainingStep(suite, model, TrainingStep.UsualLossScale).Run(
            party, input, labels, Array.ConvertAll(lengths, length => length + rows), Array.ConvertAll(answers, answer => answer + rows), optimizer);
        if (!walk.IsCompleted) throw new InvalidOperationException("the program waited for a frame while it was planned");
        walk.GetAwaiter().GetResult();
        return new(port.Meter.Operations, port.Meter.SetUpBytes, port.Meter.LargestStep);
    }
}
