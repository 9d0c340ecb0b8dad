using MpcActors.Fss;
using MpcActors.Protocols.FunctionSecretSharing;
using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>What the planner draws: shapes, and a count of what would have been dealt.</summary>
sealed class HollowCorrelations(Meter meter) : Correlations
{
    public override RingTensor Uniform(Shape shape) => RingTensor.Hollow(shape);

    public override RingTensor UniformBits(Shape shape) => RingTensor.Hollow(shape);

    public override RingTensor Derived(Shape shape, Func<RingTensor> value)
    {
        meter.CountDealt(shape.PlannedCount);
        return RingTensor.Hollow(shape);
    }

    public override RingTensor DerivedBits(Shape shape, Func<RingTensor> value) => Derived(shape, value);

    internal override ulong[] KeyRoots(KeyForm form, int count, Func<SecretFunctions> functions)
    {
        meter.CountDealtToBoth(form.CorrectionBits / 64L * count);
        return [];
    }
}
