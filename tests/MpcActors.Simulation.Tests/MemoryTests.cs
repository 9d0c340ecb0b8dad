using MpcActors.Actors;
using MpcActors.Actors.Federations;
using MpcActors.Models.Transformers.Training;
using MpcActors.Tuning.Federated;

namespace MpcActors.Simulation.Tests;

/// <summary>By itself: what other tests hold at the same time would be counted too.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
#pragma warning disable CA1711 // xUnit's own word for it
public sealed class Alone;
#pragma warning restore CA1711

[Collection(nameof(Alone))]
public sealed class MemoryTests
{
    const int WarmUp = 3, Rounds = 10;

    public static TheoryData<string> Tasks => ["head", "adapters"];

    [Theory]
    [MemberData(nameof(Tasks))]
    public async Task What_a_federation_keeps_does_not_grow_with_its_rounds(string kind)
    {
        var settings = new FederatedSettings(WarmUp + Rounds, LocalSteps: 1, Picked: 2, Batch: 2, LocalOptimizer.Sgd, 0.01, Seed: 5);
        IFederatedTask task = kind == "head" ? FederationTests.Make(2, settings) : EncoderFederationTests.Make(2, settings, new TrainedTensors.Adapters(2));
        var federation = new Federation(task, FederationTests.Conditions());
        await federation.OpenAsync();
        for (var round = 0; round < WarmUp; round++) await federation.RoundAsync();

        var (live, allocated, state) = (Live(), GC.GetTotalAllocatedBytes(precise: true), federation.State.ToBytes().Length);
        for (var round = 0; round < Rounds; round++) Assert.Equal(2, (await federation.RoundAsync()).Counted.Count);
        (live, allocated) = (Live() - live, GC.GetTotalAllocatedBytes(precise: true) - allocated);

        // A round's keys, masks or shares alone would be a tenth of what all rounds allocate, or a good part of it.
        Assert.True(live < allocated / (5 * Rounds), $"{live} bytes more are held after {Rounds} rounds that allocated {allocated}");

        // Who counted in a round stays known: their number and each of the two.
        Assert.Equal(state + 3 * sizeof(int) * Rounds, federation.State.ToBytes().Length);
        GC.KeepAlive(federation);
    }

    /// <summary>What is reachable: collected twice, since finalizers keep their objects for one.</summary>
    static long Live()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
