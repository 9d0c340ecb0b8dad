using MpcActors.Ring;

namespace MpcActors.Models.Transformers.Training;

/// <summary>Puts a model together part by part, and notes the tensors of each.</summary>
/// <param name="make">A tensor by its name and shape, and whether it is trained.</param>
/// <param name="adapterRank">Of low-rank additions to projections; 0 where there are none.</param>
sealed class ModelBuilder(Func<string, Shape, bool, Parameter> make, int adapterRank)
{
    readonly List<Parameter> _parameters = [];
    readonly List<ModelPart> _parts = [];
    bool _trainsWeights;

    public IReadOnlyList<ModelPart> Parts => _parts;

    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <param name="trainsWeights">Whether the part's tensors are trained of which nothing else is said.</param>
    public void Add(string name, bool trainsWeights, Func<ILayer> layer)
    {
        _trainsWeights = trainsWeights;
        var first = _parameters.Count;
        var built = layer();
        _parts.Add(new(name, built, [.. _parameters.Skip(first)]));
    }

    public Parameter Of(string name, Shape shape) => Of(name, shape, _trainsWeights);

    public Parameter Of(string name, Shape shape, bool isTrained)
    {
        var parameter = make(name, shape, isTrained);
        _parameters.Add(parameter);
        return parameter;
    }

    public DenseLayer Dense(string name, int from, int to, params int[] parts) => new(Of($"{name}.weight", new(from, to)), Of($"{name}.bias", Shape.Vector(to)), parts);

    /// <summary>A map from or to an attention's heads: what adapters are for.</summary>
    public ILayer Projection(string name, int from, int to, params int[] parts) => adapterRank == 0
        ? Dense(name, from, to, parts)
        : new LowRankLayer(
            Of($"{name}.weight", new(from, to)), Of($"{name}.bias", Shape.Vector(to)), Of($"{name}.down.weight", new(from, adapterRank), isTrained: true),
            Of($"{name}.up.weight", new(adapterRank, to), isTrained: true), parts);

    public NormLayer Norm(string name, int width, double epsilon) => new(Of($"{name}.scale", Shape.Vector(width)), Of($"{name}.bias", Shape.Vector(width)), epsilon);
}
