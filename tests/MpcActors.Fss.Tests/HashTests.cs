using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using MpcActors.Ring;

namespace MpcActors.Fss.Tests;

public sealed class HashTests
{
    [Fact]
    public void The_block_cipher_is_AES_of_its_standard()
    {
        // FIPS 197, appendix C.1, undoing σ before and the feed-forward after.
        var key = Convert.FromHexString("000102030405060708090a0b0c0d0e0f");
        var plain = Vector128.Create(Convert.FromHexString("00112233445566778899aabbccddeeff")).AsUInt64();
        var expected = Convert.FromHexString("69c4e0d86a7b0430d8cdb78070b4c55a");
        var before = Vector128.Create(plain[1] ^ plain[0], plain[0]).AsByte();
        foreach (var inHardware in new[] { false, true })
        {
            var blocks = Enumerable.Repeat(before, 9).ToArray();
            new FixedKeyHash(key, inHardware).Apply(blocks, blocks);
            foreach (var block in blocks) Assert.Equal(Vector128.Create(expected), block ^ plain.AsByte());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(64)]
    [InlineData(65)]
    public void Hardware_and_platform_hash_alike(int count)
    {
        var source = MemoryMarshal.Cast<ulong, Vector128<byte>>(Keys.Uniform(1, 2 * count)).ToArray();
        var (fast, plain) = (new Vector128<byte>[count], new Vector128<byte>[count]);
        TreeHashes.Create(inHardware: true).Values.Apply(source, fast);
        TreeHashes.Create(inHardware: false).Values.Apply(source, plain);

        Assert.Equal(plain, fast);
    }

    [Fact]
    public void A_key_without_AES_instructions_is_the_same_bit_for_bit()
    {
        foreach (var form in new[] { KeyForm.Comparison(20), KeyForm.Comparison(20, FssPayload.Bit), KeyForm.Point(20), KeyForm.Point(20, FssPayload.Bit) })
        {
            const int count = 70;
            var (alphas, betas, points) = (Keys.Uniform(1, count, 20), Keys.Betas(form, 2, count), Keys.Uniform(3, count, 20));
            var (zero, one) = (Keys.Uniform(4, 2 * count), Keys.Uniform(5, 2 * count));
            var plain = TreeHashes.Create(inHardware: false);
            var corrections = FssKeys.CorrectionsBy(plain, form, alphas, betas, zero, one, null);
            Assert.Equal(FssKeys.Corrections(form, alphas, betas, zero, one), corrections);

            var (expected, result) = (new ulong[count], new ulong[count]);
            new FssKeys(plain, form, 1, one, corrections).Evaluate(points, expected);
            new FssKeys(form, 1, one, corrections).Evaluate(points, result);
            Assert.Equal(expected, result);
        }
    }

    [Fact]
    public void The_three_permutations_differ()
    {
        var results = new[] { TreeHashes.Fastest.Seeds, TreeHashes.Fastest.Values, TreeHashes.Fastest.Leaves }.Select(hash =>
        {
            var block = new Vector128<byte>[1];
            hash.Apply(block, block);
            return block[0];
        });

        Assert.Equal(3, results.Distinct().Count());
    }
}
