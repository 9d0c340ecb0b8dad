namespace MpcActors.Tuning.Federated;

/// <summary>The texts of one client as features of a frozen encoder, row-major [Texts, Width], with the class of each.</summary>
public sealed record ClientData(double[] Features, int Width, int[] Labels)
{
    public double[] Features { get; } = Features.Length == Labels.Length * Width && Labels.Length > 0
        ? Features
        : throw new ArgumentException($"{Labels.Length} texts of width {Width} take {Labels.Length * Width} numbers and at least one text, not {Features.Length}", nameof(Features));

    /// <summary>Length of an embedding as features: with it a learning rate of some tenths is right whatever the width.</summary>
    public const double Norm = 4;

    public int Texts => Labels.Length;

    /// <summary>Unit embeddings as features of length <see cref="Norm"/>, with a last one that is always 1 for the offset of a class.</summary>
    public static ClientData FromEmbeddings(double[] embeddings, int width, int[] labels)
    {
        var features = new double[labels.Length * (width + 1)];
        for (var text = 0; text < labels.Length; text++)
        {
            for (var i = 0; i < width; i++) features[text * (width + 1) + i] = Norm * embeddings[text * width + i];
            features[text * (width + 1) + width] = 1;
        }

        return new(features, width + 1, labels);
    }

    public ClientData Select(int[] texts)
    {
        var features = new double[texts.Length * Width];
        for (var i = 0; i < texts.Length; i++) Features.AsSpan(texts[i] * Width, Width).CopyTo(features.AsSpan(i * Width));
        return new(features, Width, Array.ConvertAll(texts, text => Labels[text]));
    }
}
