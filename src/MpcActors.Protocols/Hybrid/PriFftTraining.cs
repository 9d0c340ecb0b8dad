using MpcActors.Protocols.Training;
using MpcActors.Ring;

namespace MpcActors.Protocols.Hybrid;

/// <summary>A training step in PriFFT's hybrid: products and ways back on open wires as in <see cref="FusedTraining"/>, functions by keys (<see cref="PriFftSuite"/>).</summary>
/// <remarks>
/// A way back compares nothing: ReLU's takes the bit of the way there, softmax's and tanh's are polynomials of the results (<see cref="Derivatives"/>), so it needs no key.
/// </remarks>
public sealed class PriFftTraining : ITrainingSuite
{
    const int SquareHighBits = 12;

    readonly FusedTraining _wires = new();

    public ISuite Forward { get; } = new PriFftSuite();

    public int ParameterBits => _wires.ParameterBits;

    public int SquareBits => _wires.SquareBits;

    public ValueTask<Wire[]> Open(Party party, params Share[] shares) => _wires.Open(party, shares);

    public Wire ForProducts(Party party, Wire wire) => _wires.ForProducts(party, wire);

    public Share ValueOf(Party party, Wire wire) => _wires.ValueOf(party, wire);

    public ValueTask<Share> Product(Party party, Wire x, Wire w, int[] parts) => _wires.Product(party, x, w, parts);

    public ValueTask<Share> ProductWithTransposed(Party party, Wire g, Wire w, int[] parts) => _wires.ProductWithTransposed(party, g, w, parts);

    public ValueTask<Share> TransposedProduct(Party party, Wire x, Wire g, int[] parts) => _wires.TransposedProduct(party, x, g, parts);

    public ValueTask<Share> MultiplyBlocks(Party party, Shape result, Wire left, Wire right, IReadOnlyList<Block> blocks) =>
        _wires.MultiplyBlocks(party, result, left, right, blocks);

    public ValueTask<Share> Multiply(Party party, Wire x, Wire y) => _wires.Multiply(party, x, y);

    public ValueTask<Share> Square(Party party, Wire x) => _wires.Square(party, x);

    public ValueTask<Share> ScaleColumns(Party party, Wire x, Wire row) => _wires.ScaleColumns(party, x, row);

    public ValueTask<Share> ScaleRows(Party party, Wire x, Wire column) => _wires.ScaleRows(party, x, column);

    public ValueTask<Share> Scale(Party party, Share x, double factor, int fractionBits) => _wires.Scale(party, x, factor, fractionBits);

    public ValueTask<Share> SoftmaxBackward(Party party, Wire weights, Share gradient, int[] rowStarts) => _wires.SoftmaxBackward(party, weights, gradient, rowStarts);

    /// <summary>Compares in rounds: a key would be evaluated at each power of four for each of a model's millions of parameters, to save two rounds.</summary>
    /// <param name="v">Below 2^12, a mean of squares of gradients up to 32.</param>
    public ValueTask<Share> DivideByRoot(Party party, Share m, Share v, double epsilon) => FusedTraining.DivideByRoot(party, m, v, epsilon, SquareHighBits);

    public ValueTask<Traced> Gelu(Party party, Share x) => _wires.Gelu(party, x, byKeys: true);

    public ValueTask<Traced> Relu(Party party, Share x) => _wires.Relu(party, x, byKeys: true);

    public ValueTask<TracedWire> Normalize(Party party, Share rows, double epsilon) => _wires.Normalize(party, rows, epsilon, byKeys: true);
}
