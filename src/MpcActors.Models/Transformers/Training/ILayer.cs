using MpcActors.Models.Private;
using MpcActors.Protocols;
using MpcActors.Protocols.Training;

namespace MpcActors.Models.Transformers.Training;

/// <summary>What a pass is about beside its values: who computes it, with which protocols, and which rows belong to which text.</summary>
/// <param name="Answers">For each text, the row of all rows where its label word is predicted.</param>
public sealed record PassContext(Party Party, ITrainingSuite Suite, Sequences Sequences, int[] Answers);

/// <summary>A differentiable layer on shares: a way there, which keeps what the way back needs, and the way back. A new layer is this and nothing else.</summary>
public interface ILayer
{
    /// <summary>Matrices that the layer multiplies by; opened before it runs.</summary>
    IEnumerable<Parameter> Factors => [];

    /// <summary>Rows that the layer scales columns by; opened with the factors.</summary>
    IEnumerable<Parameter> Scales => [];

    /// <summary>The layer's result; the way back leaves the gradients by trained parameters with these.</summary>
    ValueTask<Traced> Forward(PassContext pass, Share x);
}
