using MpcActors.Fss;
using MpcActors.Protocols.FunctionSecretSharing;
using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>A party's half: expanded from its seed, and at party one's read from the dealer's corrections.</summary>
sealed class PartyCorrelations(Seat seat, Seed seed, Meter meter) : Correlations
{
    readonly Prg _stream = new(seed);
    long _position;
    ulong[] _corrections = [];
    int _used;

    /// <summary>Takes the corrections up to the next opening.</summary>
    /// <exception cref="ProtocolViolationException">The last ones were not used up: dealer and party have run different programs.</exception>
    public void Load(ulong[] corrections)
    {
        if (_used != _corrections.Length)
            throw new ProtocolViolationException($"the dealer dealt {_corrections.Length} words where the program took {_used}");
        (_corrections, _used) = (corrections, 0);
    }

    public override RingTensor Uniform(Shape shape)
    {
        Note(DrawKind.Uniform, shape);
        return Expand(shape);
    }

    public override RingTensor UniformBits(Shape shape)
    {
        Note(DrawKind.UniformBits, shape);
        return Expand(shape);
    }

    public override RingTensor Derived(Shape shape, Func<RingTensor> value)
    {
        Note(DrawKind.Derived, shape);
        return Take(shape);
    }

    public override RingTensor DerivedBits(Shape shape, Func<RingTensor> value)
    {
        Note(DrawKind.DerivedBits, shape);
        return Take(shape);
    }

    internal override ulong[] KeyRoots(KeyForm form, int count, Func<SecretFunctions> functions)
    {
        NoteKeys(form, count);
        meter.CountDealtToBoth(form.CorrectionBits / 64L * count);
        return Expand(Shape.Vector(2 * count)).Values;
    }

    RingTensor Expand(Shape shape)
    {
        using var offline = meter.Offline();
        var tensor = RingTensor.Uninitialized(shape);
        _stream.Fill(tensor.Values, _position);
        _position += shape.Count;
        return tensor;
    }

    RingTensor Take(Shape shape)
    {
        meter.CountDealt(shape.Count);
        if (seat == Seat.Zero) return Expand(shape);
        if (_corrections.Length - _used < shape.Count)
            throw new ProtocolViolationException($"the program takes {shape.Count} dealt words where the dealer left {_corrections.Length - _used}");
        using var offline = meter.Offline();
        var tensor = RingTensor.Uninitialized(shape);
        _corrections.AsSpan(_used, shape.Count).CopyTo(tensor.Span);
        _used += shape.Count;
        return tensor;
    }
}
