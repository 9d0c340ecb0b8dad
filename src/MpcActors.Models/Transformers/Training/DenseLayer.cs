using MpcActors.Protocols;
using MpcActors.Protocols.Training;
using MpcActors.Ring;

namespace MpcActors.Models.Transformers.Training;

/// <summary>xW + b. Back: gWᵀ, and for W and b xᵀg and the sum of g's rows.</summary>
/// <param name="parts">As for <see cref="LinearMap"/>.</param>
public sealed class DenseLayer(Parameter weights, Parameter? bias, params int[] parts) : ILayer
{
    public IEnumerable<Parameter> Factors => [weights];

    public async ValueTask<Traced> Forward(PassContext pass, Share x)
    {
        var (party, suite) = (pass.Party, pass.Suite);
        using var scope = party.Meter.Enter("linear");
        var input = await suite.OpenForProducts(party, x);
        var product = await suite.Product(party, input, weights.Wire, parts);
        if (bias is not null) product = await RowAddition.Add(pass, product, bias);
        return new(product, async gradient =>
        {
            using var back = party.Meter.Enter("linear");
            var open = (await suite.Open(party, gradient))[0];
            if (bias is { IsTrained: true }) bias.Accumulate(RowAddition.Gradient(suite.ValueOf(party, open)));
            open = suite.ForProducts(party, open);
            if (weights.IsTrained) weights.Accumulate(await suite.TransposedProduct(party, input, open, parts));
            return await suite.ProductWithTransposed(party, open, weights.Wire, parts);
        });
    }
}

/// <summary>A parameter of one row that is added to each row.</summary>
static class RowAddition
{
    /// <summary>Adds to rows that the caller has just made; they must have at least as many fraction bits as the suite's products.</summary>
    public static async ValueTask<Share> Add(PassContext pass, Share rows, Parameter addend)
    {
        var row = addend.Value;
        if (row.FractionBits > rows.FractionBits) row = await pass.Suite.Scale(pass.Party, row, 1, rows.FractionBits);
        if (!rows.Value.IsHollow) rows.Value.AddToEachRow(row.WithMoreFractionBits(rows.FractionBits).Value);
        return rows;
    }

    /// <summary>The sum of all rows.</summary>
    public static Share Gradient(Share rows) => rows with { Value = rows.Value.SumRowGroups([0, rows.Shape.Rows]) };
}
