using MpcActors.Actors;
using MpcActors.Actors.Federations;
using MpcActors.Models;
using MpcActors.Network;
using MpcActors.Tuning.Federated;

namespace MpcActors.Cli;

/// <summary>
/// A softmax classifier on the frozen encoder's embeddings, from zero: federated training with one client and all its texts in each step. On shares the
/// parameters, embeddings and labels are; the client has computed the embeddings itself.
/// </summary>
sealed class LinearProbe : IFewShotMethod
{
    const int Rounds = 4, StepsOfRound = 16, MostTexts = 256;
    const double Rate = 0.2;

    public string Name => "linear probe";

    public bool CanBePrivate => true;

    public string SettingsFor(FewShotDraw draw) => FormattableString.Invariant($"{Rounds * StepsOfRound} steps of {Rate}");

    public Task<FewShotPart> InTheClearAsync(FewShotDraw draw, CancellationToken cancellation)
    {
        var clear = new ClearFederation(TaskOf(draw));
        for (var round = 0; round < Rounds; round++) clear.Round(round, [0]);
        return Task.FromResult(Part(draw, clear.Parameters, null));
    }

    public async Task<FewShotPart> OnSharesAsync(FewShotDraw draw, string checkpoint, Action<string> announce, CancellationToken cancellation)
    {
        var federation = new Federation(TaskOf(draw), new(LinkProfile.Lan, _ => LinkProfile.Lan, Work.Modelled.Default));
        await federation.OpenAsync(cancellation);
        var cost = SessionCost.None;
        for (var round = 0; round < Rounds; round++)
        {
            var done = await federation.RoundAsync(cancellation);
            if (done.LeftOut.Count > 0) throw new SessionFailedException($"the linear probe on shares failed: {done.LeftOut.Values.First()}");
            cost += done.Joining + done.Training + done.Aggregation;
        }

        return Part(draw, await federation.CloseAsync(cancellation), cost.SentBytes.Sum());
    }

    static HeadTask TaskOf(FewShotDraw draw)
    {
        var train = Data(draw, draw.Texts.Train);
        if (train.Texts > MostTexts) throw new BadInputException($"{train.Texts} training texts of {draw.Task.Name} are more than the {MostTexts} that a step of the linear probe takes; use fewer --shots");
        var plan = FederatedPlan.Of(new(Rounds, StepsOfRound, 1, train.Texts, LocalOptimizer.Sgd, Rate, draw.Seed), [train], draw.Task.ClassNames.Count);
        return new(plan, [train], new double[plan.Parameters.Count]);
    }

    FewShotPart Part(FewShotDraw draw, IReadOnlyList<double> parameters, long? sentBytes) => new(
        draw.Task.Name, Name, draw.Seed, sentBytes is not null, $"{draw.Settings} {SettingsFor(draw)}", draw.Texts.Test.Labels.Length,
        HeadTask.Accuracy(parameters, Data(draw, draw.Texts.Test), draw.Task.ClassNames.Count), null, Rounds * StepsOfRound, sentBytes, []);

    static ClientData Data(FewShotDraw draw, MpcActors.Tuning.TextSet set)
    {
        var encoder = draw.CandidateOf(AttentionKind.Softmax).Clear;
        return ClientData.FromEmbeddings(encoder.Embeddings(set.Batch), encoder.Encoder.Width, set.Labels);
    }
}
