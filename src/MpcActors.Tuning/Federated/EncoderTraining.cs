using MpcActors.Models.Transformers.Training;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Tuning.Federated;

/// <summary>A seat's part of <see cref="EncoderTask"/>.</summary>
/// <param name="lengths">Of each client's texts, in tokens: public.</param>
sealed class EncoderTraining(EncoderTask task, int[][] lengths) : ILocalTraining
{
    readonly Dictionary<int, (Share Rows, Share Labels)> _joined = [];
    TrainingStep? _step;
    Parameter[] _trained = [];

    public async ValueTask Open(Party party)
    {
        var frozen = new Dictionary<string, Share>();
        foreach (var tensor in task.Tensors.Where(tensor => !tensor.IsTrained)) frozen[tensor.Name] = await party.ReceiveShare(Role.ModelOwner, tensor.Shape);
        var model = task.Build((name, shape, isTrained) => new(name, isTrained ? new(RingTensor.Hollow(shape), task.ParameterBits) : frozen[name], isTrained));
        _trained = [.. model.Parameters.Where(parameter => parameter.IsTrained)];
        _step = new(EncoderTask.NewSuite(), model, TrainingStep.UsualLossScale);
        await _step.SetUp(party);
    }

    public async ValueTask<Action> Join(Party party, int client)
    {
        var rows = await party.ReceiveShare(Role.DataOwner, new(lengths[client].Sum(), task.Plan.Width));
        var labels = await party.ReceiveShare(Role.DataOwner, new(task.Plan.Texts[client], task.Plan.Classes));
        return () => _joined[client] = (rows, labels);
    }

    public async ValueTask<Share> Train(Party party, Share parameters, int client, int round)
    {
        var (settings, (rows, labels)) = (task.Plan.Settings, _joined[client]);
        var starts = ClearLayers.StartsOf(lengths[client]);
        IShareOptimizer optimizer = settings.Optimizer == LocalOptimizer.Sgd ? new ShareSgd(settings.LearningRate) : new ShareAdam(new AdamSettings(settings.LearningRate));

        // Also what a session left behind that failed half-way.
        var at = 0;
        foreach (var parameter in _trained)
        {
            var shape = parameter.Shape;
            parameter.Replace(parameters with { Value = parameters.Value.Slice(at, shape) });
            at += shape.Count;
        }

        for (var step = 0; step < settings.LocalSteps; step++)
        {
            ClientProgram.RequireConsent(await party.ReceivePublic(Role.DataOwner), client, round, step);
            var texts = task.Plan.Batch(client, round, step);
            int[] tokens = [.. texts.SelectMany(text => Enumerable.Range(starts[text], lengths[client][text]))];
            await _step!.Run(
                party, rows with { Value = rows.Value.GatherRows(tokens) }, labels with { Value = labels.Value.GatherRows(texts) },
                Array.ConvertAll(texts, text => lengths[client][text]), new int[texts.Length], optimizer);
        }

        return parameters with { Value = RowOperations.Concatenate(Array.ConvertAll(_trained, parameter => parameter.Value.Value)).Reshape(parameters.Shape) };
    }
}
