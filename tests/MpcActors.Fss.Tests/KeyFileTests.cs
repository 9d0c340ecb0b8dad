using System.Security.Cryptography;
using MpcActors.Ring;

namespace MpcActors.Fss.Tests;

public sealed class KeyFileTests
{
    public static TheoryData<FssFunction, FssPayload, int, int> Sizes => new()
    {
        // 128 bits of root, 128 a level (192 with values), a leaf of 128 bits or of four words, or eight with values.
        { FssFunction.Point, FssPayload.Bit, 64, 128 + 57 * 128 + 128 },
        { FssFunction.Point, FssPayload.Word, 8, 128 + 6 * 128 + 256 },
        { FssFunction.Point, FssPayload.Word, 1, 128 + 128 },
        { FssFunction.Comparison, FssPayload.Word, 64, 128 + 61 * 192 + 512 },
        { FssFunction.Comparison, FssPayload.Word, 63, 128 + 60 * 192 + 512 },
        { FssFunction.Comparison, FssPayload.Word, 32, 128 + 29 * 192 + 512 },
        { FssFunction.Comparison, FssPayload.Bit, 63, 128 + 56 * 128 + 128 },
        { FssFunction.Comparison, FssPayload.Bit, 5, 128 + 128 },
    };

    [Theory, MemberData(nameof(Sizes))]
    public void A_key_is_as_large_as_declared(FssFunction function, FssPayload payload, int bits, int keyBits)
    {
        var form = new KeyForm(function, bits, payload);
        foreach (var count in new[] { 0, 1, 64, 130 })
        {
            var keys = FssKeys.Generate(form, Keys.Uniform(1, count, bits), Keys.Betas(form, 2, count), Seed.FromNumber(3)).One;
            Assert.Equal(KeyFile.HeaderBytes * 8 + (long)count * keyBits, 8L * KeyFile.Write(keys).Length);
        }

        Assert.Equal(keyBits, form.KeyBits);
    }

    [Fact]
    public void Keys_that_were_written_are_read_again()
    {
        foreach (var form in new[] { KeyForm.Comparison(40), KeyForm.Point(12, FssPayload.Bit) })
        {
            var (alphas, betas, points) = (Keys.Uniform(1, 100, form.DomainBits), Keys.Betas(form, 2, 100), Keys.Uniform(3, 100));
            var pair = FssKeys.Generate(form, alphas, betas, Seed.FromNumber(4));
            var (zero, one) = (KeyFile.Read(KeyFile.Write(pair.Zero)), KeyFile.Read(KeyFile.Write(pair.One)));

            Assert.Equal((form, 0, 100), (zero.Form, zero.Party, zero.Count));
            Assert.Equal((form, 1, 100), (one.Form, one.Party, one.Count));
            Assert.Equal(Keys.Evaluate(pair.Zero, pair.One, points), Keys.Evaluate(zero, one, points));
        }
    }

    [Theory]
    [InlineData(0, 'X', "do not begin with FSSK (byte 0)")]
    [InlineData(4, 9, "version 9; this program reads version 1 (byte 4)")]
    [InlineData(5, 3, "function 3; 1 is a point function, 2 a comparison (byte 5)")]
    [InlineData(6, 8, "payload of 8 bits; 1 and 64 exist (byte 6)")]
    [InlineData(7, 0, "domain of 0 bits; 1 to 64 exist (byte 7)")]
    [InlineData(7, 65, "domain of 65 bits; 1 to 64 exist (byte 7)")]
    [InlineData(7, 12, "10 keys (comparison over 12 bits with a word payload) take")]
    [InlineData(8, 2, "party 2; 0 and 1 exist (byte 8)")]
    [InlineData(10, 1, "other than zeros where three are due (byte 9)")]
    [InlineData(12, 11, "11 keys (comparison over 16 bits with a word payload) take")]
    [InlineData(15, 0x80, "in number (byte 12)")]
    [InlineData(15, 0x7f, "2130706442 keys")]
    public void A_malformed_header_is_refused_with_what_and_where(int offset, int value, string message)
    {
        var bytes = KeyFile.Write(FssKeys.Generate(KeyForm.Comparison(16), Keys.Uniform(1, 10, 16), Keys.Uniform(2, 10), Seed.FromNumber(3)).Zero);
        bytes[offset] = (byte)value;

        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => KeyFile.Read(bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_of_any_wrong_length_are_refused()
    {
        var bytes = KeyFile.Write(FssKeys.Generate(KeyForm.Point(9), [1, 2, 3], [4, 5, 6], Seed.FromNumber(7)).Zero);
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<InvalidDataException>(() => KeyFile.Read(bytes.AsSpan(0, length)));
        Assert.Contains("take", Assert.Throws<InvalidDataException>(() => KeyFile.Read([.. bytes, 0])).Message, StringComparison.Ordinal);
    }

    /// <summary>Constants of our own: a change of the format or of the hashes shows here, and needs another version.</summary>
    [Theory]
    [InlineData(FssFunction.Point, FssPayload.Bit, 32, "9d7200f4fa921099b8adbd07e25d1eca")]
    [InlineData(FssFunction.Point, FssPayload.Word, 8, "2085745eb0af291d204450cad145644e")]
    [InlineData(FssFunction.Comparison, FssPayload.Bit, 63, "e4894a29ddf2d37055987813ec7cd7e7")]
    [InlineData(FssFunction.Comparison, FssPayload.Word, 64, "895f23473dfb6f4cf24bbd3251e80232")]
    public void Keys_of_version_1_are_known(FssFunction function, FssPayload payload, int bits, string sha256)
    {
        var form = new KeyForm(function, bits, payload);
        var (zero, one) = FssKeys.Generate(form, Keys.Uniform(1, 65, bits), Keys.Betas(form, 2, 65), Seed.FromNumber(3), Keys.Duals(form, 4, 65));
        var shares = new ulong[65];
        one.Evaluate(Keys.Uniform(5, 65, bits), shares);
        byte[] all = [.. KeyFile.Write(zero), .. KeyFile.Write(one), .. shares.SelectMany(BitConverter.GetBytes)];

        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(all))[..32]);
    }
}
