namespace MpcActors.Fss;

/// <summary>The three hashes of a tree: to the children's seeds, to a node's values, to a leaf.</summary>
sealed record TreeHashes(FixedKeyHash Seeds, FixedKeyHash Values, FixedKeyHash Leaves)
{
    /// <summary>With the processor's AES instructions where it has them.</summary>
    public static TreeHashes Fastest { get; } = Create(inHardware: true);

    internal static TreeHashes Create(bool inHardware) => new(
        new FixedKeyHash("MpcActors.Fss seeds", inHardware),
        new FixedKeyHash("MpcActors.Fss values", inHardware),
        new FixedKeyHash("MpcActors.Fss leaves", inHardware));
}
