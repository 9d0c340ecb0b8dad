namespace MpcActors.Tuning.Federated;

/// <summary>The clear twin: federated averaging (McMahan, Moore, Ramage, Hampson, Agüera y Arcas, AISTATS 2017) in double precision, the same batches.</summary>
public sealed class ClearFederation(IFederatedTask task)
{
    double[] _parameters = [.. task.Start];

    /// <summary>As in <see cref="IFederatedTask.Start"/>.</summary>
    public IReadOnlyList<double> Parameters => _parameters;

    /// <param name="counted">The clients whose updates count.</param>
    public void Round(int round, IReadOnlyList<int> counted)
    {
        var next = (double[])_parameters.Clone();
        var texts = counted.Sum(client => task.Plan.Texts[client]);
        foreach (var client in counted)
        {
            var local = task.TrainInTheClear(_parameters, client, round);
            for (var i = 0; i < next.Length; i++) next[i] += (local[i] - _parameters[i]) * task.Plan.Texts[client] / texts;
        }

        _parameters = next;
    }
}
