using MpcActors.Protocols;
using MpcActors.Protocols.Training;

namespace MpcActors.Models.Transformers.Training;

/// <summary>xW + b + (xD)U with D and U of few columns and rows: a frozen map with a low-rank addition that is trained.</summary>
/// <remarks>
/// Back: with h = gUᵀ, which is as narrow as xD, gWᵀ + hDᵀ; for U (xD)ᵀg and for D xᵀh. So x and g are opened once for both maps, and no gradient by W is computed.
/// </remarks>
/// <param name="parts">As for <see cref="DenseLayer"/>.</param>
public sealed class LowRankLayer(Parameter weights, Parameter bias, Parameter down, Parameter up, params int[] parts) : ILayer
{
    public IEnumerable<Parameter> Factors => [weights, down, up];

    public async ValueTask<Traced> Forward(PassContext pass, Share x)
    {
        var (party, suite) = (pass.Party, pass.Suite);
        using var scope = party.Meter.Enter("linear");
        var input = await suite.OpenForProducts(party, x);
        var product = await RowAddition.Add(pass, await suite.Product(party, input, weights.Wire, parts), bias);
        var low = await suite.OpenForProducts(party, await suite.Product(party, input, down.Wire, []));
        return new(Composition.Sum(product, await suite.Product(party, low, up.Wire, parts)), async gradient =>
        {
            using var back = party.Meter.Enter("linear");
            var open = await suite.OpenForProducts(party, gradient);
            up.Accumulate(await suite.TransposedProduct(party, low, open, parts));
            var narrow = await suite.OpenForProducts(party, await suite.ProductWithTransposed(party, open, up.Wire, parts));
            down.Accumulate(await suite.TransposedProduct(party, input, narrow, []));
            return Composition.Sum(await suite.ProductWithTransposed(party, open, weights.Wire, parts), await suite.ProductWithTransposed(party, narrow, down.Wire, []));
        });
    }
}
