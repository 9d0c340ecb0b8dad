using FsCheck;
using FsCheck.Fluent;

namespace MpcActors.Ring.Tests;

public sealed class RingTensorTests
{
    /// <summary>Short enough to be many, and one long enough for several cores.</summary>
    static readonly int[] _lengths = [0, 1, 3, 8, 31, 33_000];

    [Fact]
    public void Tensors_obey_the_laws_of_a_ring() =>
        Prop.ForAll(ArbMap.Default.ArbFor<(ulong X, ulong Y, ulong Z)>(), seeds =>
        {
            var length = _lengths[seeds.X % 5];
            var (x, y, z) = (Tensor(length, seeds.X), Tensor(length, seeds.Y), Tensor(length, seeds.Z));
            return Same(x + y, y + x)
                && Same(x + (y + z), x + y + z)
                && Same(x - y, x + -y)
                && Same(x * y, y * x)
                && Same(x * (y * z), x * y * z)
                && Same(x * (y + z), x * y + x * z)
                && Same(x * seeds.Y + seeds.Z, x * Constant(length, seeds.Y) + Constant(length, seeds.Z));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Operations_are_those_of_64_bit_words_at_every_length()
    {
        foreach (var length in _lengths)
        {
            var (x, y) = (Tensor(length, 1), Tensor(length, 2));
            Assert.Equal(x.Values.Zip(y.Values, (a, b) => a + b), (x + y).Values);
            Assert.Equal(x.Values.Zip(y.Values, (a, b) => a - b), (x - y).Values);
            Assert.Equal(x.Values.Zip(y.Values, (a, b) => a * b), (x * y).Values);
            Assert.Equal(x.Values.Select(a => 0 - a), (-x).Values);
            Assert.Equal(x.Values.Select(a => a * 0x9E3779B97F4A7C15), (x * 0x9E3779B97F4A7C15).Values);
            Assert.Equal(x.Values.Select(a => a + 77), (x + 77).Values);
            for (var bits = 0; bits < 64; bits += 21) Assert.Equal(x.Values.Select(a => a >> bits), (x >>> bits).Values);
        }
    }

    [Fact]
    public void A_hollow_operand_gives_a_hollow_result_of_the_same_shape()
    {
        var shape = new Shape(2, 3);
        var (hollow, full) = (RingTensor.Hollow(shape), RingTensor.Zeros(shape));
        foreach (var result in new[] { hollow + full, full - hollow, hollow * full, -hollow, hollow * 3, hollow + 3, hollow >>> 2 })
        {
            Assert.True(result.IsHollow);
            Assert.Equal(shape, result.Shape);
        }

        Assert.True(hollow.Reshape(new Shape(3, 2)).IsHollow);
        Assert.Contains("2×3", Assert.Throws<InvalidOperationException>(() => hollow.Values).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shapes_that_differ_are_refused()
    {
        var (x, y) = (RingTensor.Zeros(new Shape(2, 3)), RingTensor.Zeros(new Shape(3, 2)));
        Assert.Equal("shapes 2×3 and 3×2 differ", Assert.Throws<ArgumentException>(() => x + y).Message);
        Assert.Throws<ArgumentException>(() => x.Reshape(new Shape(5, 1)));
        Assert.Throws<ArgumentException>(() => RingTensor.Of(new Shape(2, 2), new ulong[3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Shape(-1, 2));
        Assert.Throws<OverflowException>(() => new Shape(1 << 16, 1 << 16).Count);
    }

    [Fact]
    public void Pieces_cover_the_work_once()
    {
        foreach (var count in new[] { 0, 1, 99, 100, 101, 1000 })
        {
            var visits = new int[count];
            Parallelism.ForChunks(count, (start, length) =>
            {
                for (var i = start; i < start + length; i++) Interlocked.Increment(ref visits[i]);
            }, chunkLength: 100);
            Parallelism.For(count, i => Interlocked.Increment(ref visits[i]));
            Assert.All(visits, visit => Assert.Equal(2, visit));
        }
    }

    static RingTensor Tensor(int length, ulong seed) => RingValues.Tensor(1, length, seed);

    static RingTensor Constant(int length, ulong value)
    {
        var values = new ulong[length];
        values.AsSpan().Fill(value);
        return RingTensor.Of(values);
    }

    static bool Same(RingTensor x, RingTensor y) => x.Shape == y.Shape && x.Span.SequenceEqual(y.Span);

    [Fact]
    public void The_memory_of_a_released_tensor_serves_the_next_one_of_its_size_and_no_other()
    {
        // A length that nothing else here has.
        var first = RingTensor.Uninitialized(new(1, 16_411));
        var values = first.Values;
        first.Release();
        Assert.NotSame(values, RingTensor.Uninitialized(new(1, 16_412)).Values);
        Assert.Same(values, RingTensor.Uninitialized(new(1, 16_411)).Values);
        Assert.NotSame(values, RingTensor.Uninitialized(new(1, 16_411)).Values);
        RingTensor.Hollow(new(2, 3)).Release();
    }
}
