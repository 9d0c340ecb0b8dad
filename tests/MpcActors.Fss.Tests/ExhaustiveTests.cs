using MpcActors.Ring;

namespace MpcActors.Fss.Tests;

/// <summary>Every α and every x of a small domain.</summary>
public sealed class ExhaustiveTests
{
    public static TheoryData<FssFunction, FssPayload, int> Forms
    {
        get
        {
            var forms = new TheoryData<FssFunction, FssPayload, int>();
            foreach (var function in new[] { FssFunction.Point, FssFunction.Comparison })
                foreach (var payload in new[] { FssPayload.Bit, FssPayload.Word })
                    for (var bits = 1; bits <= 9; bits++) forms.Add(function, payload, bits);
            return forms;
        }
    }

    [Theory, MemberData(nameof(Forms))]
    public void At_every_point_the_shares_add_up_to_the_function(FssFunction function, FssPayload payload, int bits)
    {
        var form = new KeyForm(function, bits, payload);
        var size = 1 << bits;
        var alphas = Enumerable.Range(0, size).Select(alpha => (ulong)alpha).ToArray();
        var (betas, duals) = (Keys.Betas(form, 1, size), Keys.Duals(form, 2, size));
        var (zero, one) = FssKeys.Generate(form, alphas, betas, Seed.FromNumber(3), duals);

        foreach (var x in alphas)
        {
            var points = Enumerable.Repeat(x, size).ToArray();
            Assert.Equal(Keys.ClearAll(form, alphas, betas, duals, points), Keys.Evaluate(zero, one, points));
        }
    }

    [Theory, MemberData(nameof(Forms))]
    public void The_full_domain_is_what_single_points_are(FssFunction function, FssPayload payload, int bits)
    {
        var form = new KeyForm(function, bits, payload);
        var size = 1 << bits;

        // 70 keys, so that there is a narrow tile.
        var alphas = Keys.Uniform(4, 70, bits);
        var pair = FssKeys.Generate(form, alphas, Keys.Betas(form, 5, 70), Seed.FromNumber(6), Keys.Duals(form, 7, 70));
        foreach (var keys in new[] { pair.Zero, pair.One })
        {
            var all = new ulong[70 * size];
            keys.EvaluateAll(all);
            for (var x = 0; x < size; x++)
            {
                var single = new ulong[70];
                keys.Evaluate(Enumerable.Repeat((ulong)x, 70).ToArray(), single);
                for (var key = 0; key < 70; key++) Assert.Equal(single[key], all[key * size + x]);
            }
        }
    }
}
