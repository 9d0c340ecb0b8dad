namespace MpcActors.Models.Transformers.Training;

/// <summary>A part of a model that runs after the one before it, such as a layer, and the tensors that it has.</summary>
public sealed record ModelPart(string Name, ILayer Layer, IReadOnlyList<Parameter> Parameters);

/// <summary>A model on shares that <see cref="TrainingStep"/> can train: parts in order, from the data owner's input to logits [texts, classes].</summary>
public interface ITrainableModel
{
    IReadOnlyList<ModelPart> Parts { get; }

    /// <summary>All tensors in the order in which they were made, which is that in which owners share them.</summary>
    IReadOnlyList<Parameter> Parameters { get; }
}
