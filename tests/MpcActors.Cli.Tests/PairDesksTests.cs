using MpcActors.Actors;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Tuning;

namespace MpcActors.Cli.Tests;

/// <summary>A tuning loop over pairs some of which are lost on the way, with simulated sessions.</summary>
public sealed class PairDesksTests
{
    static readonly Task NoPatience = Task.Delay(Timeout.Infinite);

    [Theory]
    // The other one tries what it leaves.
    [InlineData(2, false)]
    // There is nobody until another one takes its place.
    [InlineData(1, true)]
    public async Task What_a_lost_pair_leaves_is_tried_elsewhere_to_the_same_losses(int pairs, bool isReplaced)
    {
        using var deployment = await Deployment.Make();
        var file = NodeFile.Read(deployment.Config);
        var conditions = new Conditions(LinkProfile.Lan, Work.Modelled.Default);
        var job = await NodeJob.PrepareAsync(file, new CommonSettings(false, 1, "", LinkProfile.Lan, conditions.Work), new Progress<string>(), CancellationToken.None);
        var whole = await PairedTuning.RunAsync(job.Candidate, job.Texts, file.Session.Tuning, conditions, 1, CancellationToken.None);
        using var desks = new PairDesks(pairs, null, CancellationToken.None);
        PairDesk? left = null;

        var lost = Sit(pairs - 1, new(new FrameFault(FaultKind.Kill, Role.PartyZero, Role.PartyOne, 300)), desk => left = desk);
        var others = Enumerable.Range(0, pairs - 1).Select(pair => Sit(pair, FaultPlan.None, _ => { })).ToList();
        await desks.AllAreOpen(NoPatience);
        var tuning = Tune();
        await Assert.ThrowsAsync<SessionFailedException>(() => lost);
        if (isReplaced)
        {
            Assert.False(tuning.IsCompleted);
            others.Add(Sit(pairs - 1, FaultPlan.None, _ => { }));
        }

        Assert.Equal(whole.Result.Losses.Count, (await tuning).Losses.Count);
        Assert.All((await tuning).Losses.Zip(whole.Result.Losses), pair => Assert.Equal(pair.Second, pair.First, 1e-4));
        await Task.WhenAll(others);
        Assert.InRange(left!.Calls.Count, 1, whole.Pairs[0].Calls.Count - 1);

        Task<Run> Sit(int pair, FaultPlan faults, Action<PairDesk> seen) => Task.Run(() => desks.SitAsync(
            pair,
            desk =>
            {
                seen(desk);
                var own = file.Session.Tuning with { Setup = $"pair {pair}", Labels = job.Texts.LabelList };
                return PrivateSession.AskAsync(job.Candidate, job.Texts, own, conditions with { Faults = faults }, desk.Serve, CancellationToken.None);
            },
            CancellationToken.None));

        async Task<TuningResult> Tune()
        {
            var result = await new ForwardOnlyTuning(desks, job.Texts.Train, job.Texts.Dev, job.Texts.Test, file.Session.Tuning, TimeProvider.System, _ => { }).RunAsync(null, false, CancellationToken.None);
            await desks.CloseAsync();
            return result;
        }
    }

    [Fact]
    public async Task Patience_ends_with_the_pairs_that_are_there_and_never_with_none()
    {
        using var desks = new PairDesks(2, null, CancellationToken.None);

        var begun = desks.AllAreOpen(Task.CompletedTask);

        Assert.False(begun.IsCompleted);
        using var deployment = await Deployment.Make();
        var file = NodeFile.Read(deployment.Config);
        var conditions = new Conditions(LinkProfile.Lan, Work.Modelled.Default);
        var job = await NodeJob.PrepareAsync(file, new CommonSettings(false, 1, "", LinkProfile.Lan, conditions.Work), new Progress<string>(), CancellationToken.None);
        var session = Task.Run(() => desks.SitAsync(
            0, desk => PrivateSession.AskAsync(job.Candidate, job.Texts, file.Session.Tuning with { Labels = job.Texts.LabelList }, conditions, desk.Serve, CancellationToken.None), CancellationToken.None));
        await begun;
        await desks.CloseAsync();
        await session;
    }
}
