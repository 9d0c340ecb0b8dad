using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;

namespace MpcActors.Ring.Tests;

public sealed class PrgTests
{
    /// <summary>RFC 4493, section 4: the key of SP 800-38A and the block of zeros, which is the first counter.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_first_block_is_that_of_the_standard(bool inHardware)
    {
        var key = Seed.FromBytes(Convert.FromHexString("2B7E151628AED2A6ABF7158809CF4F3C"));
        var words = Words(new Prg(key, inHardware), 0, 2);
        Assert.Equal("7DF76B0C1AB899B33E42F047B91B546F", Convert.ToHexString(MemoryMarshal.AsBytes(words.AsSpan())));
    }

    /// <summary>FIPS 197, appendix A.1.</summary>
    [Fact]
    public void Round_keys_are_those_of_the_standard()
    {
        if (!System.Runtime.Intrinsics.X86.Aes.IsSupported) return;
        var keys = AesKeySchedule.Expand(Convert.FromHexString("2B7E151628AED2A6ABF7158809CF4F3C"));
        Assert.Equal("A0FAFE1788542CB123A339392A6C7605", Hex(keys[1]));
        Assert.Equal("D014F9A8C9EE2589E13F0CC8B6630CA6", Hex(keys[10]));

        static string Hex(System.Runtime.Intrinsics.Vector128<byte> key)
        {
            var bytes = new byte[16];
            System.Runtime.Intrinsics.Vector128.CopyTo(key, bytes);
            return Convert.ToHexString(bytes);
        }
    }

    [Fact]
    public void The_stream_is_the_counter_mode_of_the_platforms_cipher()
    {
        var seed = Seed.FromNumber(7).Derive("stream");
        var key = new byte[Seed.Bytes];
        seed.WriteTo(key);
        using var aes = Aes.Create();
        aes.Key = key;
        var counters = new byte[16 * 50];
        for (var i = 0; i < 50; i++) BinaryPrimitives.WriteInt32LittleEndian(counters.AsSpan(16 * i), i);
        var expected = MemoryMarshal.Cast<byte, ulong>(aes.EncryptEcb(counters, PaddingMode.None)).ToArray();
        Assert.Equal(expected, Words(new Prg(seed), 0, 100));
    }

    [Fact]
    public void Hardware_and_platform_make_the_same_words()
    {
        var (hardware, platform) = (new Prg(Seed.FromNumber(5), inHardware: true), new Prg(Seed.FromNumber(5), inHardware: false));
        foreach (var length in new[] { 0, 1, 2, 3, 15, 16, 17, 31, 32, 33, 100 })
            foreach (var position in new[] { 0L, 1, 2, 17, int.MaxValue, 1L << 40, long.MaxValue - 200 })
                Assert.Equal(Words(platform, position, length), Words(hardware, position, length));
    }

    [Fact]
    public void Any_part_of_the_stream_can_be_had_at_once()
    {
        var prg = new Prg(Seed.FromNumber(11));
        var whole = Words(prg, 0, 400);
        Prop.ForAll(
            ArbMap.Default.ArbFor<(NonNegativeInt Start, NonNegativeInt Length)>(),
            part =>
            {
                var start = part.Start.Get % 300;
                var length = part.Length.Get % 100;
                return Words(prg, start, length).AsSpan().SequenceEqual(whole.AsSpan(start, length));
            }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void An_array_filled_by_all_cores_is_the_same_stream()
    {
        var prg = new Prg(Seed.FromNumber(13));
        var shared = new ulong[100_003];
        prg.Fill(shared, 5);
        Assert.Equal(Words(prg, 5, shared.Length), shared);
    }

    [Fact]
    public void Seeds_have_streams_of_their_own()
    {
        Assert.NotEqual(Words(new Prg(Seed.FromNumber(1)), 0, 4), Words(new Prg(Seed.FromNumber(2)), 0, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Prg(Seed.Zero).Fill(new ulong[1].AsSpan(), -1));
    }

    static ulong[] Words(Prg prg, long position, int length)
    {
        var words = new ulong[length];
        prg.Fill(words.AsSpan(), position);
        return words;
    }
}
