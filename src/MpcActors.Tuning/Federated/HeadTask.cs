using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Tuning.Federated;

/// <summary>A softmax classifier on the features of a frozen encoder, which clients compute for themselves (<see cref="HeadStep"/>).</summary>
/// <param name="clients">By number; null of one that a role knows nothing of.</param>
/// <param name="start">The model owner's parameters, row-major [features, classes]; each row adds up to zero. Null where a role does not have them.</param>
public sealed class HeadTask(FederatedPlan plan, IReadOnlyList<ClientData?> clients, double[]? start) : IFederatedTask
{
    const string Trained = "a classifier on embeddings";

    readonly double[]? _start = start is null || start.Length == plan.Parameters.Count
        ? start
        : throw new ArgumentException($"{start.Length} parameters are not {plan.Parameters}", nameof(start));

    public FederatedPlan Plan => plan;

    public double[] Start => _start ?? throw new InvalidOperationException("only the model owner has the parameters");

    public int ParameterBits => HeadStep.ParameterBits;

    public RunFacts Facts => plan.FactsWith(Trained, HashOfModel(), [.. clients.Select((_, client) => SetOf(client))]);

    public RunFacts Settings => plan.SettingsWith(Trained);

    public byte[] HashOfModel() => FederatedPlan.HashOf([Start]);

    public byte[] HashOfTexts(int client) => RunFacts.HashOf(SetOf(client));

    /// <summary>One row each: a client embeds its texts itself.</summary>
    public int[] LengthsOf(int client) => [.. Enumerable.Repeat(1, Of(client).Texts)];

    public void Learn(int client, int[] lengths) => plan.Texts[client] = lengths.Length;

    public ILocalTraining NewTraining() => new HeadTraining(plan);

    /// <summary>Nothing: the encoder is not shared.</summary>
    public void ShareFrozen(Port port, Seed seed)
    {
    }

    public void ShareTexts(Port port, int client, Seed seed) => ClientProgram.Join(port, Of(client), plan.Classes, seed);

    public double[] TrainInTheClear(double[] parameters, int client, int round)
    {
        var settings = plan.Settings;
        parameters = (double[])parameters.Clone();
        var gradients = new List<double[]>();
        for (var step = 0; step < settings.LocalSteps; step++)
        {
            var batch = Of(client).Select(plan.Batch(client, round, step));
            var gradient = Gradient(parameters, batch);
            gradients.Add(gradient);
            for (var i = 0; i < parameters.Length; i++)
            {
                parameters[i] -= settings.Optimizer == LocalOptimizer.Sgd
                    ? settings.LearningRate / batch.Texts * gradient[i]
                    : settings.LearningRate * Ratio(gradients, i);
            }
        }

        return parameters;
    }

    /// <summary>Share of texts whose largest score is that of their class.</summary>
    public static double Accuracy(IReadOnlyList<double> parameters, ClientData data, int classes)
    {
        var right = 0;
        for (var text = 0; text < data.Texts; text++)
        {
            var scores = Scores(parameters, data, text, classes);
            var best = 0;
            for (var c = 1; c < classes; c++) if (scores[c] > scores[best]) best = c;
            if (best == data.Labels[text]) right++;
        }

        return (double)right / data.Texts;
    }

    ClientData Of(int client) => clients[client] ?? throw new InvalidOperationException($"only client {client + 1} has its texts");

    TextSet SetOf(int client) => new($"client {client + 1}", new(Of(client).Features, LengthsOf(client), Of(client).Width), Of(client).Labels);

    /// <summary>As <see cref="HeadAdam"/> has it, whose gradients are larger by log₂ e.</summary>
    static double Ratio(List<double[]> gradients, int index)
    {
        var (first, second, steps) = (0.0, 0.0, gradients.Count);
        for (var i = 0; i < steps; i++)
        {
            var gradient = HeadStep.FeatureScale * gradients[i][index];
            first += HeadAdam.Factor(HeadAdam.FirstDecay, steps, steps - 1 - i) * gradient;
            second += HeadAdam.Factor(HeadAdam.SecondDecay, steps, steps - 1 - i) * gradient * gradient;
        }

        return first / Math.Sqrt(second + HeadAdam.Floor);
    }

    double[] Gradient(double[] parameters, ClientData batch)
    {
        var (classes, gradient) = (plan.Classes, new double[parameters.Length]);
        for (var text = 0; text < batch.Texts; text++)
        {
            var weights = Scores(parameters, batch, text, classes);
            var (largest, sum) = (weights.Max(), 0.0);
            for (var c = 0; c < classes; c++) sum += weights[c] = Math.Exp(weights[c] - largest);
            for (var c = 0; c < classes; c++)
            {
                var error = weights[c] / sum - (c == batch.Labels[text] ? 1 : 0);
                for (var i = 0; i < batch.Width; i++) gradient[i * classes + c] += batch.Features[text * batch.Width + i] * error;
            }
        }

        return gradient;
    }

    static double[] Scores(IReadOnlyList<double> parameters, ClientData data, int text, int classes)
    {
        var scores = new double[classes];
        for (var i = 0; i < data.Width; i++)
            for (var c = 0; c < classes; c++)
                scores[c] += data.Features[text * data.Width + i] * parameters[i * classes + c];
        return scores;
    }
}
