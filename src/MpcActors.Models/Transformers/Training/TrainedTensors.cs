namespace MpcActors.Models.Transformers.Training;

/// <summary>Which tensors of a model a step changes, of those that its <see cref="TuningMethod"/> permits.</summary>
public abstract record TrainedTensors
{
    TrainedTensors()
    {
    }

    public static TrainedTensors All { get; } = new Every();

    /// <summary>Every one.</summary>
    public sealed record Every : TrainedTensors
    {
        public override string ToString() => "all layers";
    }

    /// <summary>The last layers and the head; what comes before gets no gradient, and no way back is gone through it.</summary>
    /// <param name="Layers">0 for the head alone.</param>
    public sealed record Last(int Layers) : TrainedTensors
    {
        public override string ToString() => FormattableString.Invariant($"the last {Layers} layer(s) and the head");
    }

    /// <summary>Low-rank additions to the projections of each attention, and nothing else (LoRA; Hu, Shen, Wallis, Allen-Zhu, Li, Wang, Wang, Chen, ICLR 2022).</summary>
    /// <remarks>Queries, keys and values are one projection here, and so share the first factor. The paper's factor α/r is 1.</remarks>
    public sealed record Adapters(int Rank) : TrainedTensors
    {
        public override string ToString() => FormattableString.Invariant($"adapters of rank {Rank}");
    }

    /// <summary>0 where there are none.</summary>
    public int AdapterRank => this is Adapters adapters ? adapters.Rank : 0;

    /// <summary>Whether a layer's own weights are trained.</summary>
    /// <param name="layer">From 0; −1 for what stands before them.</param>
    public bool TrainsLayer(int layer, int layers) => this switch
    {
        Last last => layer >= layers - last.Layers,
        Adapters => false,
        _ => true,
    };

    /// <summary>Whether what follows the layers is trained.</summary>
    public bool TrainsHead => this is not Adapters;
}
