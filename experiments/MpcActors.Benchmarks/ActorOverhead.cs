using System.Diagnostics;
using MpcActors.Actors;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Benchmarks;

/// <summary>What actors, tags and the network model cost: one program of the parties through the simulation and through a bare pump.</summary>
/// <remarks>
/// CPU time of the whole process, so that neither parallel kernels nor a busy machine hide anything. The two take turns at going
/// first, since each leaves the other its heap, and the best of each counts. The program opens much and computes little, the worst for the frames.
/// </remarks>
static class ActorOverhead
{
    const int Rounds = 50;
    const int Values = 2_000_000 / sizeof(ulong);

    public static async Task Run(TextWriter output, int repetitions)
    {
        var (pump, simulation) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var i = 0; i < repetitions; i++)
        {
            if (i % 2 == 1) simulation = Min(simulation, await CpuTime(Simulate));
            pump = Min(pump, await CpuTime(() =>
            {
                Pump();
                return Task.CompletedTask;
            }));
            if (i % 2 == 0) simulation = Min(simulation, await CpuTime(Simulate));
        }

        output.WriteLine($"{Rounds} rounds, {Values * sizeof(ulong) / 1e6:F1} MB opened in each, best of {repetitions}, CPU time");
        output.WriteLine($"pump        {pump.TotalMilliseconds,8:F1} ms");
        output.WriteLine($"simulation  {simulation.TotalMilliseconds,8:F1} ms");
        output.WriteLine($"ratio       {simulation / pump,8:F3}");
    }

    static async ValueTask Program(Party party)
    {
        await party.Start();
        await party.BeginEpoch(0);
        var shape = Shape.Vector(Values);
        var share = party.Public(party.Seat is Seat.Dealer ? RingTensor.Hollow(shape) : RingTensor.Zeros(shape), FixedPoint.FractionBits);
        var factor = await party.Mask(share);
        for (var round = 1; round < Rounds; round++)
        {
            var wire = await party.Mask(share);
            share = party.Truncate(wire, 2) with { FractionBits = 2 * FixedPoint.FractionBits } + party.Multiply(wire, factor);
            share = share with { FractionBits = FixedPoint.FractionBits };
        }

        await party.EndEpoch();
    }

    static Task Simulate() => Simulation.RunAsync(
        new SimulationSettings(LinkProfile.Lan, Work.Measured, Seed.FromNumber(1)), Simulation.PartyPrograms(Program, Seed.FromNumber(2)));

    /// <summary>The same roles on one thread, frames first come first served.</summary>
    static void Pump()
    {
        var queue = new Queue<Frame>();
        var ports = new Dictionary<Role, Port>();
        var running = new List<Task>();
        foreach (var (role, program) in Simulation.PartyPrograms(Program, Seed.FromNumber(2)))
        {
            ports[role] = new Port(role, queue.Enqueue);
            running.Add(program(ports[role]).AsTask());
        }

        while (queue.TryDequeue(out var frame)) ports[frame.To].Deliver(frame);
        foreach (var role in running) role.GetAwaiter().GetResult();
    }

    static async Task<TimeSpan> CpuTime(Func<Task> body)
    {
        GC.Collect();
        var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        await body();
        process.Refresh();
        return process.TotalProcessorTime - before;
    }

    static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
