namespace MpcActors.Protocols;

/// <summary>1/x or 1/√x of a positive wire over many powers of four: what both have in common.</summary>
/// <remarks>
/// <para>1. x = u·4^k·2^low with u in [1, 4) (<see cref="Normalisation"/>): three rounds.</para>
/// <para>2. y = f(u) by its series, fitted for [0.98, 4.04] and of period 8: one round.</para>
/// <para>3. Open y: one round. f(x) = y·4^−k or y·2^−k, times a public power of two: local.</para>
/// <para>
/// No Newton steps: a step costs two rounds, of which the series saves all. Where the powers are so many that y and the
/// largest of them do not fit the ring together, y is truncated first: one round more.
/// </para>
/// </remarks>
/// <param name="Shift">2 for 1/x and 1 for 1/√x: the bits of the result a power of four is worth.</param>
/// <param name="FewestBits">Fraction bits that y needs to be within 2^−14 of itself with its rounded factors.</param>
sealed record PowerLaw(TrigonometricSeries Series, int Shift, int FewestBits)
{
    /// <summary>1/u to 1.2e−5 of itself.</summary>
    public static PowerLaw Reciprocal { get; } = new(new(3, 3.6480461515567,
        [3.6237996681214, -0.86403937022101, -1.4915061939834, -0.39043867174742, 0.022942310393952, 0.011664911235681],
        [-4.1892233124353, -3.2637597881447, -0.46785116806143, 0.34742363154655, 0.11139590051641, 0.0037478423742454]), 2, 40);

    /// <summary>1/√u to 2.4e−6 of itself.</summary>
    public static PowerLaw InverseSquareRoot { get; } = new(new(3, 1.7673634209001,
        [1.3975672525736, -0.21959613142079, -0.48112972379069, -0.12751145223872, 0.0075429807866391, 0.003723573106486],
        [-1.3565095019321, -1.1107118422343, -0.17248024188663, 0.10964297870947, 0.035413142666274, 0.0010678103983662]), 1, 36);

    const int MostBits = 44;

    /// <summary>The function times a public number.</summary>
    public PowerLaw Times(double factor) => this with { Series = Series.Times(factor) };

    /// <summary>Fraction bits of y that leave room for the largest power.</summary>
    int BitsFor(int pieces) => Math.Min(MostBits, (60 - Shift * (pieces - 1)) & ~1);

    /// <summary>Fraction bits of the result.</summary>
    public int FractionBitsFor(int lowBits, int pieces) => BitsFor(pieces) + Shift * lowBits / 2 + Shift * (pieces - 1);

    public Cost CostOf(long count, int pieces, bool byKeys = false)
    {
        var series = Normalisation.CostOf(count, pieces, byKeys) + SeriesEvaluation.CostOf(count, Series.Terms);
        if (pieces == 1) return series;
        var scaling = Cost.Masking(count) + Normalisation.CostOfScaling(count, pieces);
        return series + scaling + (BitsFor(pieces) < FewestBits ? Cost.Masking(count) + Truncation.CostOf(count) : Cost.Free);
    }

    /// <param name="lowBits">The wire is at least 2^lowBits (two per cent less is tolerated); even for 1/√x.</param>
    /// <param name="pieces">And below 2^lowBits · 4^pieces (one per cent more is tolerated).</param>
    /// <param name="byKeys">Whether it compares by keys, which saves two rounds.</param>
    public async ValueTask<Share> Evaluate(Party party, Masked x, int lowBits, int pieces, bool byKeys = false)
    {
        var normalisation = await Normalisation.Find(party, x, lowBits, pieces, byKeys);
        var u = normalisation.Scale(party, x, 2);
        u = u with { FractionBits = u.FractionBits + lowBits + 2 * (pieces - 1) };
        var bits = BitsFor(pieces);
        var y = await party.Evaluate(u, Series, bits < FewestBits ? MostBits : bits);
        var resultBits = FractionBitsFor(lowBits, pieces);
        if (pieces == 1) return y with { FractionBits = resultBits };

        var wire = await party.Mask(y);
        if (wire.FractionBits > bits) wire = await party.Mask(party.Truncate(wire, wire.FractionBits - bits));
        return normalisation.Scale(party, wire, Shift) with { FractionBits = resultBits };
    }
}
