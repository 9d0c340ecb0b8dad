using MpcActors.Data;

namespace MpcActors.Models.Tests;

/// <summary>A seeded model of the real one's shape: two layers, the first of which widens 8 to 12, two heads, odd widths on purpose.</summary>
internal static class Tiny
{
    public const int InputWidth = 8;
    public const int Width = 12;
    public const int Vocabulary = 50;

    public static UseLiteModel Model(bool features = false)
    {
        var stream = 0UL;
        float[] Numbers(int count, double deviation, double mean = 0)
        {
            var numbers = new double[count];
            CounterGaussian.Fill(11, stream++, numbers);
            return Array.ConvertAll(numbers, number => (float)(mean + deviation * number));
        }

        DenseWeights Dense(int input, int output) => new(Numbers(input * output, 1 / Math.Sqrt(input)), Numbers(output, 0.1), input, output);
        NormWeights Norm(int width) => new(Numbers(width, 0.2, 1), Numbers(width, 0.2));
        Data.EncoderLayer Layer(int input, int attention) => new(
            2, Norm(input), Dense(input, 3 * attention), Dense(attention, Width), input == Width ? null : Dense(input, Width),
            Norm(Width), Dense(Width, 20), Dense(20, Width),
            features ? new RandomFeatures(Numbers(attention * 5, 1), 2, attention / 2, 5) : null);

        return new UseLiteModel(Numbers(Vocabulary * InputWidth, 0.5), [1, 0.3f, 0.1f, 0.01f], [Layer(InputWidth, 8), Layer(Width, 12)], Dense(Width, Width));
    }

    public static Encoder Encoder(AttentionKind attention) =>
        EncoderPreparation.From(Model(attention == AttentionKind.RandomFeatures), attention, Texts(9, 4, 6, 11));

    /// <summary>Texts of these lengths; the ids follow from the position.</summary>
    public static TextBatch Texts(params int[] lengths) => new TokenEmbedding(Model()).Embed(Tokens(lengths));

    public static int[][] Tokens(params int[] lengths) =>
        [.. lengths.Select((length, text) => Enumerable.Range(0, length).Select(position => (7 * text + 13 * position + position * position) % Vocabulary).ToArray())];

    public static Prompt Prompt(Encoder encoder, PromptForm form, TextBatch texts, ulong seed = 5)
    {
        var clear = new ClearEncoder(encoder);
        var projection = new PromptProjection(seed, form, encoder, ActivationScales.Measure(clear, texts).For(form), latent: 6, alpha: 1);
        var z = new double[6];
        CounterGaussian.Fill(seed, 1000, z);
        var rows = form is PromptForm.AddedRows ? texts.Rows[..(form.Rows * InputWidth)] : null;
        return Models.Prompt.Assemble(form, encoder, projection.Apply(z), new PromptBase(clear.KeyValueMeans(texts), rows));
    }
}
