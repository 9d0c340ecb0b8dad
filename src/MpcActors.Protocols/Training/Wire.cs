using MpcActors.Ring;

namespace MpcActors.Protocols.Training;

/// <summary>A value that several gates of a training step read, as a suite keeps it between them: opened under its mask once, or a share that each gate opens anew.</summary>
/// <remarks>With <see cref="FixedPoint.FractionBits"/>.</remarks>
public abstract record Wire(Shape Shape);

/// <summary>A row-wise function's result and the way back: from the gradient by the result to the gradient by the argument.</summary>
/// <param name="Value">Kept as a wire, since the way back reads it too.</param>
public sealed record TracedWire(Wire Value, Func<Share, ValueTask<Share>> Backward);

/// <summary>A differentiable function's result and the way back: from the gradient by the result to the gradient by the argument.</summary>
/// <param name="Backward">To be called once at most: masks are not used twice.</param>
public sealed record Traced(Share Value, Func<Share, ValueTask<Share>> Backward);
