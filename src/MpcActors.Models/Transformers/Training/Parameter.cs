using MpcActors.Protocols;
using MpcActors.Protocols.Training;
using MpcActors.Ring;

namespace MpcActors.Models.Transformers.Training;

/// <summary>A tensor of the model on shares, and after a way back its gradient times the loss scale.</summary>
/// <param name="isTrained">A frozen one gets no gradient, and is opened once for all steps.</param>
public sealed class Parameter(string name, Share value, bool isTrained)
{
    Wire? _wire;

    public string Name => name;

    public bool IsTrained => isTrained;

    public Shape Shape => Value.Shape;

    public Share Value { get; private set; } = value;

    public Share? Gradient { get; private set; }

    /// <summary>As a factor, after <see cref="Open"/>.</summary>
    internal Wire Wire => _wire ?? throw new InvalidOperationException($"{name} has not been opened in this pass");

    /// <summary>Opens what layers multiply by, all together: what is trained in each pass, what is frozen in the first, as a part of setting up.</summary>
    internal static async ValueTask Open(Party party, ITrainingSuite suite, IEnumerable<ILayer> layers, bool frozenAlone = false)
    {
        var all = layers.SelectMany(layer => layer.Factors.Select(factor => (Parameter: factor, IsFactor: true)).Concat(layer.Scales.Select(scale => (Parameter: scale, IsFactor: false)))).ToArray();
        if (!frozenAlone) await Take([.. all.Where(one => one.Parameter.IsTrained)]);
        (Parameter Parameter, bool)[] frozen = [.. all.Where(one => !one.Parameter.IsTrained && one.Parameter._wire is null)];
        if (frozen.Length > 0)
        {
            await party.SetUp(async () =>
            {
                await Take(frozen);

                // Nobody reads a frozen parameter's share again, and a large model's are gigabytes.
                foreach (var (parameter, _) in frozen) parameter.Value = parameter.Value with { Value = RingTensor.Hollow(parameter.Shape) };
                return true;
            });
        }

        async ValueTask Take((Parameter Parameter, bool IsFactor)[] closed)
        {
            if (closed.Length == 0) return;
            var wires = await suite.Open(party, Array.ConvertAll(closed, one => one.Parameter.Value));
            for (var i = 0; i < closed.Length; i++) closed[i].Parameter._wire = closed[i].IsFactor ? suite.ForProducts(party, wires[i]) : wires[i];
        }
    }

    /// <summary>Adds to the gradient, with the fraction bits of the finer one.</summary>
    internal void Accumulate(Share gradient) => Gradient = Gradient is null ? gradient : Composition.Sum(Gradient, gradient);

    internal void ReplaceGradient(Share gradient) => Gradient = gradient;

    /// <summary>Takes a step, and forgets the gradient.</summary>
    public void Replace(Share value) => (Value, Gradient, _wire) = (value, null, null);
}
