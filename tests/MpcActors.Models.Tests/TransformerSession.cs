using MpcActors.Data.Transformers;
using MpcActors.Models.Clear;
using MpcActors.Models.Transformers;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Models.Tests;

/// <summary>What a session of passes came to: the last pass's results and party one's costs by operation.</summary>
public sealed record TransformerRun(double[] Logits, double[][] Layers, IReadOnlyList<OperationCost> Operations, long SetUpBytes);

/// <summary>A small random transformer and some texts, run on shares in memory, planned, and computed in the clear.</summary>
public sealed class TransformerSession
{
    const ulong Seed = 5;

    static readonly int[] Labels = [3, 17, 60];

    readonly PreparedTransformer _transformer;
    readonly PassQuestion _question;
    readonly double[] _rows;

    public TransformerSession(string name, AttentionKind attention, int[] lengths, int features = 16, FeatureForm form = FeatureForm.CosineAndSine)
    {
        var weights = new RandomTransformer(TransformerConfig.Find(name)!, Seed);
        _transformer = new PreparedTransformer(weights, attention, features, Labels, form, Seed);
        _question = new PassQuestion(1, lengths, [.. lengths.Select(length => length / 2)]);
        var embedding = new ClearTransformer(weights);
        _rows = [.. lengths.SelectMany((length, text) => embedding.Embed([.. Enumerable.Range(0, length).Select(i => (i * 31 + text * 7) % weights.Config.Vocabulary)]))];
    }

    public (double[][] Layers, double[] Logits) Clear(IClearFunctions functions)
    {
        var clear = new ClearPreparedTransformer(_transformer, functions);
        var x = _rows;
        var layers = new double[_transformer.Outline.Layers][];
        for (var i = 0; i < layers.Length; i++) layers[i] = x = clear.Layer(i, x, _question.Lengths);
        return (layers, clear.Logits(x, _question.Lengths, _question.Answers));
    }

    /// <summary>The model as it is published, which equals PyTorch's.</summary>
    public (double[][] Layers, double[] Logits) Unprepared()
    {
        var clear = new ClearTransformer(_transformer.Weights);
        var (x, width) = (_rows, _transformer.Outline.Width);
        var layers = new double[_transformer.Outline.Layers][];
        for (var i = 0; i < layers.Length; i++) layers[i] = x = clear.Layer(i, x, _question.Lengths);
        var starts = _question.Lengths.Select((_, text) => _question.Lengths[..text].Sum() + _question.Answers[text]);
        return (layers, clear.Head([.. starts.SelectMany(row => x[(row * width)..((row + 1) * width)])], Labels));
    }

    public TransformerRun Run(Func<ISuite> suite, bool isStreamed, bool watches = false, int passes = 1)
    {
        (double[] Logits, double[][] Layers) result = ([], []);
        IReadOnlyList<OperationCost> operations = [];
        var setUpBytes = 0L;
        var seed = Ring.Seed.FromNumber(Seed);
        Pump.Run(new Dictionary<Role, Func<Port, ValueTask>>
        {
            [Role.PartyZero] = port => TransformerPass.Serve(new Party(Seat.Zero, port), suite(), watches),
            [Role.PartyOne] = async port =>
            {
                await TransformerPass.Serve(new Party(Seat.One, port), suite(), watches);
                (operations, setUpBytes) = (port.Meter.Operations, port.Meter.SetUpBytes);
            },
            [Role.Dealer] = port => TransformerPass.Serve(new Party(Seat.Dealer, port, seed.Derive("dealer")), suite(), watches),
            [Role.ModelOwner] = port => SharedTransformer.Serve(port, _transformer, isStreamed, seed.Derive("model owner")),
            [Role.DataOwner] = async port =>
            {
                for (var pass = 1; pass <= passes; pass++)
                    result = await TransformerPass.Ask(port, _transformer.Outline, _question with { Epoch = (ulong)pass }, _rows, seed.Derive("data owner"), watches);
                TransformerPass.Finish(port);
            },
        });
        return new TransformerRun(result.Logits, result.Layers, operations, setUpBytes);
    }

    public TransformerPlan Plan(ISuite suite, bool isStreamed) =>
        TransformerPlan.Of(suite, _transformer.Outline, isStreamed, _question.Lengths, _question.Answers);
}
