namespace MpcActors.Tuning.Federated;

/// <summary>The clear twin: federated averaging (McMahan, Moore, Ramage, Hampson, Agüera y Arcas, AISTATS 2017) of a softmax classifier in double precision, the same batches.</summary>
public sealed class ClearFederation(FederatedPlan plan, IReadOnlyList<ClientData> clients, double[] start)
{
    double[] _parameters = [.. start];

    /// <summary>Row-major [features, classes].</summary>
    public IReadOnlyList<double> Parameters => _parameters;

    /// <param name="counted">The clients whose updates count.</param>
    public void Round(int round, IReadOnlyList<int> counted)
    {
        var next = (double[])_parameters.Clone();
        var texts = counted.Sum(client => plan.Texts[client]);
        foreach (var client in counted)
        {
            var local = Train(client, round);
            for (var i = 0; i < next.Length; i++) next[i] += (local[i] - _parameters[i]) * plan.Texts[client] / texts;
        }

        _parameters = next;
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

    double[] Train(int client, int round)
    {
        var settings = plan.Settings;
        var parameters = (double[])_parameters.Clone();
        var gradients = new List<double[]>();
        for (var step = 0; step < settings.LocalSteps; step++)
        {
            var batch = clients[client].Select(plan.Batch(client, round, step));
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
