using MpcActors.Actors.Nodes;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Actors.Tests.Nodes;

/// <summary>What goes wrong between processes: the result is right, or the session says what happened.</summary>
public sealed class TroubleTests
{
    [Theory]
    [InlineData(FaultKind.Lose, 3, "came where frame 3 of that link was due")]
    [InlineData(FaultKind.Duplicate, 3, "came where frame 4 of that link was due")]
    [InlineData(FaultKind.Reorder, 3, "came where frame 3 of that link was due")]
    [InlineData(FaultKind.Truncate, 3, "was altered")]
    [InlineData(FaultKind.Alter, 3, "was altered")]
    [InlineData(FaultKind.Lose, 19, "party-0 has sent party-1 20 frames, of which 19 came")]
    [InlineData(FaultKind.Reorder, 19, "party-0 has sent party-1 20 frames, of which 19 came")]
    public async Task A_frame_that_meets_trouble_ends_the_session_with_the_cause(FaultKind kind, int frame, string cause)
    {
        var failure = await Assert.ThrowsAsync<SessionFailedException>(() => Run(new NodeTrouble(
            new FaultPlan(new FrameFault(kind, Role.PartyZero, Role.PartyOne, (uint)frame)), [], Alive)));

        Assert.Contains(cause, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_that_are_cut_and_slow_for_a_while_change_nothing_but_the_time()
    {
        var undisturbed = await Run(null);

        var disturbed = await Run(new NodeTrouble(FaultPlan.None, [new(Role.PartyOne, TimeSpan.Zero, TimeSpan.FromMilliseconds(300), 0), new(Role.PartyOne, TimeSpan.Zero, TimeSpan.FromHours(1), 20)], Alive));

        Assert.Equal(undisturbed, disturbed);
    }

    [Fact]
    public async Task A_process_dies_where_the_scenario_says()
    {
        var died = 0;

        // The process of a test has to live: the frame that it dies with is lost.
        await Assert.ThrowsAsync<SessionFailedException>(() => Run(new NodeTrouble(new FaultPlan { Timed = [new(FaultKind.Kill, Role.PartyZero, null, TimeSpan.Zero)] }, [], () => died++)));

        Assert.NotEqual(0, died);
    }

    static void Alive() => Assert.Fail("nobody was to die");

    /// <summary>Ten products, with trouble at party 0.</summary>
    /// <returns>The transcript.</returns>
    static async Task<string> Run(NodeTrouble? trouble)
    {
        var loopback = new Loopback(Loopback.Three) { Limits = NodeLimits.Default with { Connect = TimeSpan.FromSeconds(60), Silence = TimeSpan.FromSeconds(15) } };
        var programs = Simulation.PartyPrograms(Testing.Programs.TenProducts(1000, (_, _) => { }), Seed.FromNumber(9));
        var running = programs.ToDictionary(program => program.Key, program => loopback.Start(program.Key, program.Value, settings => program.Key == Role.PartyZero ? settings with { Trouble = trouble } : settings));
        await Task.WhenAny(Task.WhenAll(running.Values), Task.Delay(Loopback.Patience));
        return (await running[Role.PartyZero]).Transcript!;
    }
}
