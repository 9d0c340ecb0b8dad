using System.Numerics;
using MpcActors.Fss;
using MpcActors.Protocols.FunctionSecretSharing;
using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>The ordered supply of correlated randomness. Each item is drawn once, in the order of the program.</summary>
/// <remarks>
/// <para>
/// A gate asks for uniform tensors r and for tensors derived from them, f(r). A party gets its share. The dealer, who runs
/// the same program on hollow shares, gets the values themselves and computes f. So the order of both sides is one piece of
/// code, and nothing is planned twice.
/// </para>
/// <para>
/// Halves expand from seeds: party zero's entirely; party one's share of a uniform tensor too, and its share of a derived one
/// is a correction f(r) − [f(r)]_0 that the dealer sends. A mask that costs nothing to send can be fresh for every use.
/// </para>
/// <para>
/// Of a function-secret-sharing key each party expands its root from its seed; the corrections are the same for both, and the
/// dealer sends them to both (<see cref="Party.TakeKeys"/>).
/// </para>
/// </remarks>
public abstract class Correlations
{
    /// <summary>A uniform tensor: a party's additive share of it, the dealer's value.</summary>
    public abstract RingTensor Uniform(Shape shape);

    /// <summary>At the dealer's: what makes party zero's share of the next uniform tensor again; null elsewhere.</summary>
    internal virtual Func<RingTensor>? ZeroHalfOfNext(Shape shape) => null;

    /// <summary>Uniform bits, 64 a word: a party's exclusive-or share, the dealer's value.</summary>
    public abstract RingTensor UniformBits(Shape shape);

    /// <summary>An additive share of a function of uniform tensors; <paramref name="value"/> is only ever called at the dealer's.</summary>
    public abstract RingTensor Derived(Shape shape, Func<RingTensor> value);

    /// <summary>An exclusive-or share of a function of uniform tensors.</summary>
    public abstract RingTensor DerivedBits(Shape shape, Func<RingTensor> value);

    /// <summary>A party's roots of keys; nothing at the dealer's, where the keys are made and kept to be sent, and the planner's.</summary>
    internal abstract ulong[] KeyRoots(KeyForm form, int count, Func<SecretFunctions> functions);

    /// <summary>A fingerprint of the kinds and sizes of all draws so far. A seat that drew anything else would read its stream at the wrong place, unnoticed.</summary>
    internal ulong Drawn { get; private set; }

    private protected void Note(DrawKind kind, Shape shape) =>
        Drawn = (BitOperations.RotateLeft(Drawn, 23) ^ (((ulong)shape.Count << 2) | (ulong)kind)) * 0x9E3779B97F4A7C15;

    private protected void NoteKeys(KeyForm form, int count) =>
        Drawn = (BitOperations.RotateLeft(Drawn, 23) ^ ((ulong)count << 24 | (ulong)form.Function << 16 | (ulong)form.Payload << 8 | (uint)form.DomainBits)) * 0xD6E8FEB86659FD93;

    private protected enum DrawKind
    {
        Uniform,
        UniformBits,
        Derived,
        DerivedBits,
    }
}
