using MpcActors.Protocols;
using MpcActors.Protocols.Training;

namespace MpcActors.Models.Transformers.Training;

/// <summary>γ ⊙ (x − mean)/√(variance + ε) + β. Back: r(g' − mean g' − n·mean(g' ⊙ n)) with g' = γ ⊙ g; for γ and β sums of g ⊙ n and of g.</summary>
public sealed class NormLayer(Parameter scale, Parameter bias, double epsilon) : ILayer
{
    public IEnumerable<Parameter> Scales => [scale];

    public async ValueTask<Traced> Forward(PassContext pass, Share x)
    {
        var (party, suite) = (pass.Party, pass.Suite);
        using var scope = party.Meter.Enter("layer norm");
        var (normalised, back) = await suite.Normalize(party, x, epsilon);
        var scaled = await RowAddition.Add(pass, await suite.ScaleColumns(party, normalised, scale.Wire), bias);
        return new(scaled, async gradient =>
        {
            using var backScope = party.Meter.Enter("layer norm");
            var open = (await suite.Open(party, gradient))[0];
            if (scale.IsTrained) scale.Accumulate(RowAddition.Gradient(await suite.Multiply(party, open, normalised)));
            if (bias.IsTrained) bias.Accumulate(RowAddition.Gradient(suite.ValueOf(party, open)));
            return await back(await suite.ScaleColumns(party, open, scale.Wire));
        });
    }
}
