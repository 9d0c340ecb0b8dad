using MpcActors.Data;
using MpcActors.Models;
using MpcActors.Models.Private;
using MpcActors.Models.Transformers.Training;
using MpcActors.Protocols;
using MpcActors.Protocols.Hybrid;
using MpcActors.Ring;

namespace MpcActors.Tuning.Federated;

/// <summary>The embedded encoder's own layers, all of them or the last, or low-rank additions to its attention: whole training steps on shares in PriFFT's hybrid.</summary>
/// <remarks>Clients share their texts' embedded rows; nobody but the model owner has the encoder, whose frozen tensors are opened under masks once, in the first session.</remarks>
public sealed class EncoderTask : IFederatedTask
{
    const ulong AdapterStream = 90;

    readonly EncoderOutline _outline;
    readonly Func<string, double[]>? _weights;
    readonly IReadOnlyList<TextSet?> _clients;
    readonly int[][] _lengths;
    readonly Lazy<double[]> _start;
    readonly ulong _seed;

    /// <param name="weights">The model owner's tensors by the names of <see cref="EncoderTensors"/>; null where a role does not have them.</param>
    /// <param name="clients">Each client's texts as rows of the encoder's input; null of one that a role knows nothing of.</param>
    public EncoderTask(FederatedSettings settings, EncoderOutline outline, Func<string, double[]>? weights, TrainedTensors trained, IReadOnlyList<TextSet?> clients)
    {
        settings.Validate(clients.Count);
        if (trained is TrainedTensors.Last last && (last.Layers < 0 || last.Layers > outline.Layers.Length))
            throw new ArgumentException($"the last {last.Layers} layers cannot be trained of an encoder that has {outline.Layers.Length}");
        if (trained is TrainedTensors.Adapters { Rank: < 1 }) throw new ArgumentException($"adapters have a rank of at least 1, not {trained.AdapterRank}");
        (_outline, _weights, _clients, _seed, Trained) = (outline, weights, clients, settings.Seed, trained);
        Tensors = TensorsOf();
        _lengths = [.. clients.Select(client => client?.Batch.Lengths ?? [])];
        _start = new(() => [.. Tensors.Where(tensor => tensor.IsTrained).SelectMany(Initial)]);
        Plan = new(settings, Array.ConvertAll(_lengths, lengths => lengths.Length), outline.InputWidth, outline.Classes)
        {
            Parameters = Shape.Vector(Tensors.Where(tensor => tensor.IsTrained).Sum(tensor => tensor.Shape.Count)),
        };
    }

    /// <summary>A tensor of the model.</summary>
    /// <param name="Index">In the order in which tensors are shared and added up.</param>
    public sealed record Tensor(int Index, string Name, Shape Shape, bool IsTrained);

    public FederatedPlan Plan { get; }

    public TrainedTensors Trained { get; }

    public IReadOnlyList<Tensor> Tensors { get; }

    public double[] Start => _start.Value;

    public int ParameterBits => NewSuite().ParameterBits;

    public RunFacts Facts => Plan.FactsWith(Kind, HashOfModel(), [.. _clients.Select((_, client) => Of(client))]);

    public RunFacts Settings => Plan.SettingsWith(Kind);

    string Kind => $"{Trained} of {_outline.Name}";

    public byte[] HashOfModel() => FederatedPlan.HashOf(Tensors.Select(Initial));

    public byte[] HashOfTexts(int client) => RunFacts.HashOf(Of(client));

    public int[] LengthsOf(int client) => _lengths[client];

    public void Learn(int client, int[] lengths) => (_lengths[client], Plan.Texts[client]) = (lengths, lengths.Length);

    internal static PriFftTraining NewSuite() => new();

    public ILocalTraining NewTraining() => new EncoderTraining(this, _lengths);

    public void ShareFrozen(Port port, Seed seed)
    {
        foreach (var tensor in Tensors.Where(tensor => !tensor.IsTrained))
            port.ShareWithParties(FixedPoint.Encode(Initial(tensor), tensor.Shape), seed.Derive(tensor.Name), Phase.Offline);
    }

    public void ShareTexts(Port port, int client, Seed seed)
    {
        var (batch, labels) = (Of(client).Batch, new double[Of(client).Batch.Texts * _outline.Classes]);
        for (var text = 0; text < batch.Texts; text++) labels[text * _outline.Classes + Of(client).Labels[text]] = 1;
        port.ShareWithParties(FixedPoint.Encode(batch.Rows, new(batch.TotalRows, batch.Width)), seed.Derive("rows"));
        port.ShareWithParties(FixedPoint.Encode(labels, new(batch.Texts, _outline.Classes)), seed.Derive("labels"));
    }

    public double[] TrainInTheClear(double[] parameters, int client, int round)
    {
        var settings = Plan.Settings;
        var values = ValuesOf(parameters);
        var training = new ClearEncoderTraining(_outline, name => values[name], Trained.AdapterRank);
        var adam = new ClearAdam(new(settings.LearningRate));
        for (var step = 0; step < settings.LocalSteps; step++)
        {
            var texts = Plan.Batch(client, round, step);
            var batch = Select(Of(client).Batch, texts);
            var (gradients, _, _) = training.Gradients(batch.Rows, Array.ConvertAll(texts, text => Of(client).Labels[text]), batch.Lengths);
            foreach (var tensor in Tensors.Where(tensor => tensor.IsTrained))
            {
                var (own, gradient) = (values[tensor.Name], gradients[tensor.Name]);
                if (settings.Optimizer == LocalOptimizer.Adam) adam.Step(tensor.Name, own, gradient);
                else
                    for (var i = 0; i < own.Length; i++) own[i] -= settings.LearningRate * gradient[i];
            }

            adam.EndStep();
        }

        return [.. Tensors.Where(tensor => tensor.IsTrained).SelectMany(tensor => values[tensor.Name])];
    }

    /// <summary>Share of texts whose largest logit is that of their class, in the clear.</summary>
    /// <param name="parameters">As in <see cref="Start"/>.</param>
    public double Accuracy(IReadOnlyList<double> parameters, TextSet texts)
    {
        var values = ValuesOf(parameters);
        var logits = new ClearEncoderTraining(_outline, name => values[name], Trained.AdapterRank).Logits(texts.Batch.Rows, texts.Batch.Lengths);
        var right = 0;
        for (var text = 0; text < texts.Labels.Length; text++)
        {
            var row = logits.AsSpan(text * _outline.Classes, _outline.Classes);
            var best = 0;
            for (var c = 1; c < row.Length; c++) if (row[c] > row[best]) best = c;
            if (best == texts.Labels[text]) right++;
        }

        return (double)right / texts.Labels.Length;
    }

    TextSet Of(int client) => _clients[client] ?? throw new InvalidOperationException($"only client {client + 1} has its texts");

    double[] WeightsOf(string name) => _weights is { } weights ? weights(name) : throw new InvalidOperationException("only the model owner has the encoder");

    /// <summary>The model, with a tensor made for each that it names.</summary>
    internal TrainableEncoder Build(Func<string, Shape, bool, Parameter> make) =>
        new(_outline, TuningMethod.Layers, promptRows: 0, vocabulary: 0, make, trained: Trained);

    /// <summary>Some texts of a batch, in this order.</summary>
    static TextBatch Select(TextBatch batch, int[] texts)
    {
        var starts = ClearLayers.StartsOf(batch.Lengths);
        return new([.. texts.SelectMany(text => batch.Rows[(starts[text] * batch.Width)..(starts[text + 1] * batch.Width)])], Array.ConvertAll(texts, text => batch.Lengths[text]), batch.Width);
    }

    List<Tensor> TensorsOf()
    {
        var tensors = new List<Tensor>();
        Build((name, shape, isTrained) =>
        {
            tensors.Add(new(tensors.Count, name, shape, isTrained));
            return new(name, new(RingTensor.Hollow(shape), FixedPoint.FractionBits), isTrained);
        });
        return tensors;
    }

    /// <summary>An adapter begins as nothing: its first factor is drawn, its second is zero.</summary>
    double[] Initial(Tensor tensor)
    {
        if (Trained.AdapterRank == 0 || !tensor.IsTrained) return WeightsOf(tensor.Name);
        var values = new double[tensor.Shape.Count];
        if (tensor.Name.EndsWith(".up.weight", StringComparison.Ordinal)) return values;
        CounterGaussian.Fill(_seed, AdapterStream + (ulong)tensor.Index, values);
        return Array.ConvertAll(values, value => value / Math.Sqrt(tensor.Shape.Rows));
    }

    /// <summary>All tensors by name: copies of those that are trained.</summary>
    Dictionary<string, double[]> ValuesOf(IReadOnlyList<double> parameters)
    {
        var (values, at) = (new Dictionary<string, double[]>(), 0);
        foreach (var tensor in Tensors)
        {
            values[tensor.Name] = tensor.IsTrained ? [.. parameters.Skip(at).Take(tensor.Shape.Count)] : WeightsOf(tensor.Name);
            if (tensor.IsTrained) at += tensor.Shape.Count;
        }

        return values;
    }
}
