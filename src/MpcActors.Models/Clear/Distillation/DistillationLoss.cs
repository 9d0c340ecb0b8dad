using MpcActors.Data;
using MpcActors.Models.Clear.Training;

namespace MpcActors.Models.Clear.Distillation;

/// <summary>How far a student's pass is from its teacher's, with the gradients.</summary>
/// <remarks>
/// (1 − cosine) of the embeddings; + 5 · mean square of the errors' products with the teacher's embeddings of the batch, since labels are
/// sentences like these; + 0.1 · relative squared error of each layer's two hidden states and of the pooled one; + 0.2 · mean square of what
/// random features' denominators lack of one and a half floors, in floors.
/// </remarks>
internal static class DistillationLoss
{
    private const float ProjectedWeight = 5;
    private const float HiddenWeight = 0.1f;
    private const double LeastSpread = 1e-9;
    private const float DenominatorWeight = 0.2f;
    private const float DenominatorGoal = 1.5f * RandomFeatures.DenominatorFloor;

    /// <returns>1 − cosine, and the gradients.</returns>
    public static (double Distance, float[] Embeddings, HiddenGradients Inner) Of(EncoderPass student, EncoderPass teacher)
    {
        var (distance, embeddings) = Embeddings(student.Embeddings, teacher.Embeddings, teacher.Lengths.Length);
        var layers = student.Layers.Count;
        var (middles, outputs) = (new float[layers][], new float[layers][]);
        for (var layer = 0; layer < layers; layer++)
        {
            Relative(student.Layers[layer].Middle, teacher.Layers[layer].Middle, Columns(teacher.Layers[layer].Middle), HiddenWeight, out middles[layer]);
            Relative(student.Layers[layer].Output!, teacher.Layers[layer].Output!, Columns(teacher.Layers[layer].Output!), HiddenWeight, out outputs[layer]);
        }

        Relative(student.Pooled, teacher.Pooled, teacher.Pooled.Length / teacher.Lengths.Length, HiddenWeight, out var pooled);
        return (distance, embeddings, new HiddenGradients(middles, outputs, pooled, layer => Denominators(student.Layers[layer].Attention)));

        int Columns(float[] rows) => rows.Length / teacher.Lengths.Sum();
    }

    /// <summary>The gradient of the hinge by one of these denominators, given it.</summary>
    public static Func<float, float> Denominators(AttentionCore.Trace attention) =>
        denominator => denominator >= DenominatorGoal
            ? 0
            : -2 * DenominatorWeight * (DenominatorGoal - denominator) / (RandomFeatures.DenominatorFloor * RandomFeatures.DenominatorFloor * attention.Denominators.Length);

    /// <summary>weight · Σ (student − teacher)² / Σ (teacher − column mean)²; a large constant column does not hide the others' error. Where all rows are alike, as a single one is, Σ teacher² stands below.</summary>
    /// <returns>The ratio without its weight.</returns>
    public static double Relative(float[] student, float[] teacher, int columns, float weight, out float[] gradient)
    {
        var means = new float[columns];
        SingleRows.AddRows(teacher, means);
        var rows = teacher.Length / columns;
        double squares = 0, errors = 0, sizes = 0;
        gradient = new float[student.Length];
        for (var i = 0; i < student.Length; i++)
        {
            gradient[i] = student[i] - teacher[i];
            errors += (double)gradient[i] * gradient[i];
            var centred = (double)teacher[i] - means[i % columns] / rows;
            squares += centred * centred;
            sizes += (double)teacher[i] * teacher[i];
        }

        if (squares <= LeastSpread * sizes) squares = sizes;

        var scale = (float)(2 * weight / squares);
        for (var i = 0; i < gradient.Length; i++) gradient[i] *= scale;
        return errors / squares;
    }

    private static (double Distance, float[] Gradient) Embeddings(float[] student, float[] teacher, int texts)
    {
        var width = student.Length / texts;
        var error = new float[student.Length];
        for (var i = 0; i < error.Length; i++) error[i] = student[i] - teacher[i];
        var products = new float[texts * texts];
        SingleProduct.Multiply(new(error, width), new SingleMatrix(teacher, width).Transposed, new(products, texts));
        var scale = 2 * ProjectedWeight / products.Length;
        for (var i = 0; i < products.Length; i++) products[i] *= scale;
        var gradient = new float[student.Length];
        SingleProduct.Multiply(new(products, texts), new(teacher, width), new(gradient, width));
        SingleRows.AddScaled(gradient, teacher, -1f / texts);
        return (1 - SingleRows.Dot(student, teacher) / texts, gradient);
    }
}
