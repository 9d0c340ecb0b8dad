namespace MpcActors.Models;

/// <summary>Mean keys and values of some texts per layer, over all their rows: [Heads·KeyWidth] and [Heads·ValueWidth].</summary>
public sealed record KeyValueMeans(IReadOnlyList<double[]> Keys, IReadOnlyList<double[]> Values);

/// <summary>
/// What a prompt starts from at z = 0 and no projection knows: the means of the training texts for <see cref="PromptForm.KeyValuePrefix"/>,
/// the token rows [Rows, InputWidth] for <see cref="PromptForm.AddedRows"/>, nothing for the others.
/// </summary>
public sealed record PromptBase(KeyValueMeans? Means = null, double[]? Rows = null);

/// <summary>Extra keys [Rows, Heads·KeyWidth] and values [Rows, Heads·ValueWidth] of one layer.</summary>
public sealed record Prefix(double[] Keys, double[] Values);

/// <summary>
/// A prompt as the forward pass meets it, whatever its form: a prefix per layer, rows [.., InputWidth] before each text,
/// a shift [Width] of the mean. What a form does not use is null.
/// </summary>
public sealed record Prompt(IReadOnlyList<Prefix>? Prefixes, double[]? Rows, double[]? Shift)
{
    /// <summary>Puts <paramref name="offsets"/> (A z) where the form says, on top of its base.</summary>
    public static Prompt Assemble(PromptForm form, Encoder encoder, double[] offsets, PromptBase start)
    {
        if (offsets.Length != form.ParameterCount(encoder))
            throw new ArgumentException($"{form} takes {form.ParameterCount(encoder)} parameters, not {offsets.Length}", nameof(offsets));
        return form switch
        {
            PromptForm.KeyValuePrefix prefix => new Prompt(PrefixRows(prefix, encoder, offsets, Required(start.Means, form, "mean keys and values")), null, null),
            PromptForm.InputRows => new Prompt(null, offsets, null),
            PromptForm.AddedRows => new Prompt(null, Sum(Required(start.Rows, form, "token rows"), offsets), null),
            PromptForm.Shift => new Prompt(null, null, offsets),
            _ => throw new ArgumentException($"{form} is no known prompt form", nameof(form)),
        };
    }

    private static Prefix[] PrefixRows(PromptForm.KeyValuePrefix form, Encoder encoder, double[] offsets, KeyValueMeans means) =>
    [
        .. encoder.Layers.Select((layer, index) => new Prefix(
            Sum(Repeat(means.Keys[index], form.Rows), offsets.AsSpan(form.KeyOffset(encoder, index), form.Rows * layer.KeysWidth)),
            Sum(Repeat(means.Values[index], form.Rows), offsets.AsSpan(form.ValueOffset(encoder, index), form.Rows * layer.ValuesWidth)))),
    ];

    private static double[] Repeat(double[] row, int times) => [.. Enumerable.Repeat(row, times).SelectMany(copy => copy)];

    private static double[] Sum(double[] left, ReadOnlySpan<double> right)
    {
        if (left.Length != right.Length)
            throw new ArgumentException($"the prompt's base has {left.Length} numbers where its offsets have {right.Length}", nameof(left));
        var sum = new double[left.Length];
        for (var i = 0; i < sum.Length; i++) sum[i] = left[i] + right[i];
        return sum;
    }

    private static T Required<T>(T? value, PromptForm form, string what) where T : class =>
        value ?? throw new ArgumentException($"{form} starts from {what}, which the base does not hold");
}
