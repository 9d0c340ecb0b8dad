using System.Diagnostics;
using MpcActors.Actors;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Cli;

/// <summary>Processor time of a comparison: both parties and the dealer, opening the wire not counted.</summary>
static class ComparisonBenchmark
{
    const int Count = 1 << 20;
    const int Times = 3;

    /// <returns>Nanoseconds of processor time a value, the least of some runs.</returns>
    public static async Task<double> RunAsync(CancellationToken cancellation)
    {
        var least = double.PositiveInfinity;
        for (var i = 0; i < Times; i++)
        {
            var opening = await MeasureAsync(compares: false, cancellation);
            var comparison = await MeasureAsync(compares: true, cancellation);
            least = Math.Min(least, (comparison - opening).TotalNanoseconds / Count);
        }

        return least;
    }

    static async Task<TimeSpan> MeasureAsync(bool compares, CancellationToken cancellation)
    {
        var seed = Seed.FromNumber(1);
        var programs = Simulation.PartyPrograms(
            async party =>
            {
                await party.Start();
                await party.BeginEpoch(0);
                var wire = await party.Mask(party.Public(RingTensor.Zeros(Shape.Vector(Count)), FixedPoint.FractionBits));
                if (compares) await party.IsNegative(wire);
                await party.EndEpoch();
            },
            seed);
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        await Simulation.RunAsync(new SimulationSettings(LinkProfile.Lan, Work.Free, seed), programs, cancellation);
        return Process.GetCurrentProcess().TotalProcessorTime - before;
    }
}
