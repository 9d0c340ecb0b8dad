using System.Numerics.Tensors;
using MpcActors.Fss;
using MpcActors.Protocols.FunctionSecretSharing;
using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>The dealer's side: knows both seeds, so it knows what is uniform, computes what derives from it, and keeps the corrections for party one.</summary>
sealed class DealerCorrelations(Seed zero, Seed one, Meter meter) : Correlations
{
    readonly Prg _zero = new(zero);
    readonly Prg _one = new(one);
    readonly List<ulong[]> _corrections = [];
    readonly List<ulong[]> _keys = [];
    long _zeroPosition;
    long _onePosition;

    /// <summary>The corrections since the last call, in one piece.</summary>
    public ulong[] TakeCorrections()
    {
        var words = _corrections.Count == 1 ? _corrections[0] : Concatenate();
        _corrections.Clear();
        return words;
    }

    /// <summary>The corrections of keys since the last call, a frame each, in order; they go to both parties.</summary>
    public ulong[][] TakeKeys()
    {
        var keys = _keys.ToArray();
        _keys.Clear();
        return keys;
    }

    internal override Func<RingTensor> ZeroHalfOfNext(Shape shape)
    {
        var position = _zeroPosition;
        return () =>
        {
            var half = RingTensor.Uninitialized(shape);
            _zero.Fill(half.Values, position);
            return half;
        };
    }

    public override RingTensor Uniform(Shape shape)
    {
        Note(DrawKind.Uniform, shape);
        var sum = DrawZero(shape);
        Combine(sum.Values, static (own, stream) => TensorPrimitives.Add(own, stream, own));
        return sum;
    }

    public override RingTensor UniformBits(Shape shape)
    {
        Note(DrawKind.UniformBits, shape);
        var sum = DrawZero(shape);
        Combine(sum.Values, static (own, stream) => TensorPrimitives.Xor(own, stream, own));
        return sum;
    }

    public override RingTensor Derived(Shape shape, Func<RingTensor> value) =>
        Deal(DrawKind.Derived, shape, value, static (wanted, zero) => TensorPrimitives.Subtract(wanted, zero, zero));

    public override RingTensor DerivedBits(Shape shape, Func<RingTensor> value) =>
        Deal(DrawKind.DerivedBits, shape, value, static (wanted, zero) => TensorPrimitives.Xor(wanted, zero, zero));

    internal override ulong[] KeyRoots(KeyForm form, int count, Func<SecretFunctions> functions)
    {
        NoteKeys(form, count);
        meter.CountDealtToBoth(form.CorrectionBits / 64L * count);
        var (alphas, betas, duals) = functions();
        if (alphas.Length != count) throw new ArgumentException($"{alphas.Length} functions are to be shared by {count} keys");
        var shape = Shape.Vector(2 * count);
        var one = new ulong[shape.Count];
        _one.Fill(one, _onePosition);
        _onePosition += one.Length;
        _keys.Add(FssKeys.Corrections(form, alphas, betas, DrawZero(shape).Values, one, duals));
        return [];
    }

    /// <summary>The value, whose correction towards the zero party's stream is kept for party one.</summary>
    RingTensor Deal(DrawKind kind, Shape shape, Func<RingTensor> value, CombineWords correct)
    {
        Note(kind, shape);
        meter.CountDealt(shape.Count);
        var wanted = value();
        Shape.RequireEqual(wanted.Shape, shape);
        var correction = DrawZero(shape).Values;
        var words = wanted.Values;
        Parallelism.ForChunks(words.Length, (start, length) => correct(words.AsSpan(start, length), correction.AsSpan(start, length)));
        _corrections.Add(correction);
        return wanted;
    }

    RingTensor DrawZero(Shape shape)
    {
        var tensor = RingTensor.Uninitialized(shape);
        _zero.Fill(tensor.Values, _zeroPosition);
        _zeroPosition += shape.Count;
        return tensor;
    }

    void Combine(ulong[] own, CombineWords combine)
    {
        // In pieces that stay in the first-level cache, since the second stream is used once and thrown away.
        const int piece = 1024;
        var position = _onePosition;
        Parallelism.ForChunks(own.Length, (start, length) =>
        {
            Span<ulong> stream = stackalloc ulong[piece];
            for (var i = 0; i < length; i += piece)
            {
                var n = Math.Min(piece, length - i);
                _one.Fill(stream[..n], position + start + i);
                combine(own.AsSpan(start + i, n), stream[..n]);
            }
        });
        _onePosition += own.Length;
    }

    ulong[] Concatenate()
    {
        var words = WordPool.Take(_corrections.Sum(part => part.Length));
        var at = 0;
        foreach (var part in _corrections)
        {
            part.CopyTo(words, at);
            at += part.Length;
            RingTensor.Of(part).Release();
        }

        return words;
    }

    delegate void CombineWords(Span<ulong> own, Span<ulong> other);
}
