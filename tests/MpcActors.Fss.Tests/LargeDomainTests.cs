using FsCheck;
using FsCheck.Fluent;
using MpcActors.Ring;

namespace MpcActors.Fss.Tests;

public sealed class LargeDomainTests
{
    [Theory]
    [InlineData(FssFunction.Point, FssPayload.Word, 32)]
    [InlineData(FssFunction.Point, FssPayload.Word, 64)]
    [InlineData(FssFunction.Point, FssPayload.Bit, 32)]
    [InlineData(FssFunction.Point, FssPayload.Bit, 64)]
    [InlineData(FssFunction.Comparison, FssPayload.Word, 32)]
    [InlineData(FssFunction.Comparison, FssPayload.Word, 63)]
    [InlineData(FssFunction.Comparison, FssPayload.Word, 64)]
    [InlineData(FssFunction.Comparison, FssPayload.Bit, 32)]
    [InlineData(FssFunction.Comparison, FssPayload.Bit, 63)]
    [InlineData(FssFunction.Comparison, FssPayload.Bit, 64)]
    public void Near_the_secret_point_and_far_from_it_the_shares_add_up_to_the_function(FssFunction function, FssPayload payload, int bits)
    {
        const int count = 1000;
        var form = new KeyForm(function, bits, payload);
        var alphas = Keys.Uniform(1, count, bits);
        (alphas[0], alphas[1], alphas[2]) = (0, form.LastPoint, 1UL << (bits - 1));
        var (betas, duals) = (Keys.Betas(form, 2, count), Keys.Duals(form, 3, count));
        var (zero, one) = FssKeys.Generate(form, alphas, betas, Seed.FromNumber(4), duals);

        var uniform = Keys.Uniform(5, count, bits);
        foreach (var points in new[] { uniform, alphas, Moved(1), Moved(ulong.MaxValue), Moved(8), Moved(ulong.MaxValue - 199), Flipped(bits - 1), Flipped(bits / 2) })
            Assert.Equal(Keys.ClearAll(form, alphas, betas, duals, points), Keys.Evaluate(zero, one, points));

        ulong[] Moved(ulong by) => Array.ConvertAll(alphas, alpha => unchecked(alpha + by) & form.LastPoint);
        ulong[] Flipped(int bit) => Array.ConvertAll(alphas, alpha => alpha ^ 1UL << bit);
    }

    [Fact]
    public void Any_form_and_any_number_of_keys_share_their_functions() =>
        Prop.ForAll<int, byte, ulong>(static (size, kind, seed) =>
        {
            var form = new KeyForm((kind & 1) == 0 ? FssFunction.Point : FssFunction.Comparison, 1 + (size & 63), (kind & 2) == 0 ? FssPayload.Bit : FssPayload.Word);
            var count = (int)(seed % 200);
            var alphas = Keys.Uniform(seed, count, form.DomainBits);
            var (betas, duals) = (Keys.Betas(form, seed + 1, count), Keys.Duals(form, seed + 2, count));
            var points = Keys.Uniform(seed + 3, count, form.DomainBits);
            var (zero, one) = FssKeys.Generate(form, alphas, betas, Seed.FromNumber(seed), duals);
            return Keys.ClearAll(form, alphas, betas, duals, points).SequenceEqual(Keys.Evaluate(zero, one, points));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Points_count_by_their_low_bits()
    {
        var (zero, one) = FssKeys.Generate(KeyForm.Comparison(13), [5000, 5000], [7, 7], Seed.FromNumber(1));

        Assert.Equal([7UL, 0], Keys.Evaluate(zero, one, [4999 | 0xABCUL << 13, 5000 | 1UL << 63]));
    }
}
