using MpcActors.Ring;

namespace MpcActors.Protocols.Published;

/// <summary>Which cosine the published suite takes.</summary>
public enum PublishedCosine
{
    /// <summary>SecP-Tuning's Π_cosine: <see cref="Published.OneRoundCosine"/>.</summary>
    OneRound,

    /// <summary>CrypTen's own: <see cref="EulerCosine"/>, 28 rounds, for angles of a turn or two.</summary>
    Stock,
}

/// <summary>The protocols behind the published figures: CrypTen as it stands, SecFormer's GELU, and SecP-Tuning's cosine or CrypTen's.</summary>
/// <remarks>
/// Masks are fresh at each use, weights are opened at each call, one operation goes after the other, and every share between them has 16 fraction
/// bits: what comes with more is truncated first, locally, with the gross errors that this brings (<see cref="LocalTruncation"/>).
/// </remarks>
public sealed class PublishedSuite(PublishedCosine cosine = PublishedCosine.OneRound) : ISuite
{
    /// <summary>Where the reciprocal still is what it says.</summary>
    const double LargestDenominator = 128;

    public string Name => "published";

    public PublishedCosine Cosine { get; } = cosine;

    /// <summary>Keeps shares, which cost nothing until a product opens them.</summary>
    public ValueTask<KeptWeights[]> Keep(Party party, params Share[] weights) =>
        ValueTask.FromResult(Array.ConvertAll(weights, share => (KeptWeights)new FreshWeights(Narrow(share))));

    /// <summary>One round for each part of each map, in which x is opened again.</summary>
    public async ValueTask<Share[]> Linear(Party party, Share x, params LinearMap[] maps)
    {
        x = Narrow(x);
        var results = new Share[maps.Length];
        for (var i = 0; i < maps.Length; i++)
        {
            var weights = ((FreshWeights)maps[i].Weights).Share;
            results[i] = maps[i].Weights.IsScale ? await party.ColumnwiseProduct(x, weights) : await Multiply(party, x, weights, maps[i].Parts);
            if (maps[i].Bias is { } bias && !results[i].Value.IsHollow) results[i].Value.AddToEachRow(Narrow(bias).Value);
        }

        return results;
    }

    public ValueTask<Share> Relu(Party party, Share x) => party.ReluAnew(Narrow(x));

    public ValueTask<Share> Tanh(Party party, Share x) => LogisticFunctions.Tanh(party, Narrow(x));

    public ValueTask<Share> Gelu(Party party, Share x) => FourierGelu.Gelu(party, Narrow(x));

    public ValueTask<Share> Softmax(Party party, Share scores, int[] rowStarts) => party.SoftmaxOfRowsAnew(Narrow(scores), rowStarts);

    public ValueTask<Share> Normalize(Party party, Share rows, double epsilon) => party.NormalizeAnew(Narrow(rows), epsilon);

    public ValueTask<(Share Cosine, Share Sine)> CosineAndSineOfTurns(Party party, Share turns) => Cosine == PublishedCosine.OneRound
        ? party.CosineAndSineInOneRound(Narrow(turns))
        : party.CosineAndSine(Narrow(turns).TimesPublic(2 * Math.PI));

    /// <summary>Of x divided by a power of two that brings it below 128, since Newton's steps go astray above 255.</summary>
    public async ValueTask<Share> Reciprocal(Party party, Share x, double low, double high, int fractionBits)
    {
        var shift = high <= LargestDenominator ? 0 : (int)Math.Ceiling(Math.Log2(high / LargestDenominator));
        var inverse = await party.ReciprocalOfPositive(Narrow(x).TruncateLocally(shift) with { FractionBits = FixedPoint.FractionBits });
        return WithFractionBits(inverse with { FractionBits = inverse.FractionBits + shift }, fractionBits);
    }

    public async ValueTask<Share> InverseSquareRoot(Party party, Share x, int fractionBits) =>
        WithFractionBits(await NewtonRoot.InverseSquareRoot(party, Narrow(x)), fractionBits);

    public async ValueTask<Share> AtLeast(Party party, Share x, double floor) =>
        party.AddPublic(await party.ReluAnew(party.AddPublic(x, -floor)), floor);

    static Share Narrow(Share share) => WithFractionBits(share, FixedPoint.FractionBits);

    static Share WithFractionBits(Share share, int fractionBits) => share.FractionBits > fractionBits
        ? share.TruncateLocally(share.FractionBits - fractionBits)
        : share.WithMoreFractionBits(fractionBits);

    /// <summary>x · W, part by part of W's columns.</summary>
    static async ValueTask<Share> Multiply(Party party, Share x, Share weights, int[] parts)
    {
        if (parts.Length == 0) return await party.MatrixMultiplyAnew(x, weights);
        var (products, start) = (new RingTensor[parts.Length], 0);
        for (var i = 0; i < parts.Length; start += parts[i++])
            products[i] = (await party.MatrixMultiplyAnew(x, weights with { Value = weights.Value.Columns(start, parts[i]) })).Value;
        return x with { Value = RowBroadcast.SideBySide(products) };
    }

    sealed record FreshWeights(Share Share) : KeptWeights(Share.Shape, Share.FractionBits);
}
