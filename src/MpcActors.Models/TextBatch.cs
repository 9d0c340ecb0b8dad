namespace MpcActors.Models;

/// <summary>
/// Texts of unequal lengths, as the concatenated rows of their tokens: no padding anywhere.
/// <paramref name="Rows"/> is row-major [sum of <paramref name="Lengths"/>, <paramref name="Width"/>].
/// </summary>
public sealed record TextBatch(double[] Rows, int[] Lengths, int Width)
{
    public double[] Rows { get; } = Rows.Length == Lengths.Sum() * Width
        ? Rows
        : throw new ArgumentException($"{Lengths.Sum()} rows of width {Width} take {Lengths.Sum() * Width} numbers, not {Rows.Length}", nameof(Rows));

    public int[] Lengths { get; } = Array.TrueForAll(Lengths, length => length > 0)
        ? Lengths
        : throw new ArgumentException($"text {Array.FindIndex(Lengths, length => length <= 0)} has no rows; every text needs at least one token", nameof(Lengths));

    public int Texts => Lengths.Length;

    public int TotalRows => Rows.Length / Width;

    /// <summary>Texts <paramref name="first"/> to first + count − 1.</summary>
    public TextBatch Slice(int first, int count)
    {
        var start = Lengths.AsSpan(0, first).ToArray().Sum() * Width;
        var lengths = Lengths.AsSpan(first, count).ToArray();
        return new TextBatch(Rows.AsSpan(start, lengths.Sum() * Width).ToArray(), lengths, Width);
    }
}
