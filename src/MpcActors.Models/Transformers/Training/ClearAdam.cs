namespace MpcActors.Models.Transformers.Training;

/// <summary>The twin of <see cref="ShareAdam"/> in the clear, as textbooks write them but for where ε stands.</summary>
public sealed class ClearAdam(AdamSettings settings)
{
    readonly Dictionary<string, (double[] M, double[] V)> _moments = [];
    int _step = 1;

    public double Rate { get; set; } = settings.Rate;

    /// <summary>Changes a tensor in place; <see cref="EndStep"/> follows when all have been.</summary>
    public void Step(string name, double[] values, double[] gradients)
    {
        if (!_moments.TryGetValue(name, out var moments)) _moments[name] = moments = (new double[values.Length], new double[values.Length]);
        var (first, second) = (1 - Math.Pow(settings.FirstDecay, _step), 1 - Math.Pow(settings.SecondDecay, _step));
        for (var i = 0; i < values.Length; i++)
        {
            moments.M[i] = settings.FirstDecay * moments.M[i] + (1 - settings.FirstDecay) * gradients[i];
            moments.V[i] = settings.SecondDecay * moments.V[i] + (1 - settings.SecondDecay) * gradients[i] * gradients[i];
            var m = moments.M[i] / first;
            var v = moments.V[i] / second;
            values[i] -= Rate * (m / Math.Sqrt(v + settings.Epsilon * settings.Epsilon) + settings.Decay * values[i]);
        }
    }

    public void EndStep() => _step++;
}
