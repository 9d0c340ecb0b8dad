using MpcActors.Actors;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Experiments;

/// <summary>What one operation of a suite takes.</summary>
/// <param name="Values">That the operation is applied to.</param>
/// <param name="OfflineBytes">Dealt to party one.</param>
/// <param name="CpuSeconds">Processor time of both parties and the dealer: the median of <paramref name="CpuSecondsOfRuns"/>, which is in order of size.</param>
public sealed record ProtocolRate(
    string Protocol, string Suite, int Values, int Rounds, long SentBytes, long OfflineBytes, double CpuSeconds, IReadOnlyList<double> CpuSecondsOfRuns)
{
    public double NanosecondsPerValue => CpuSeconds / Values * 1e9;
}

/// <summary>Runs each operation of a suite by itself, by all the actors in this process, on shares of the same public numbers.</summary>
public static class ProtocolBenchmark
{
    const int Runs = 3;

    static readonly (string Name, Shape Shape, Func<ISuite, Party, Share, ValueTask> Run)[] Operations =
    [
        ("linear 1024 to 1024", new(178, 1024), async (suite, party, x) =>
        {
            var weights = await party.SetUp(() => suite.Keep(party, party.Public(RingTensor.Zeros(new Shape(1024, 1024)), FixedPoint.FractionBits)));
            await suite.Linear(party, x, new LinearMap(weights[0], null));
        }),
        ("relu", new(100, 1000), async (suite, party, x) => await suite.Relu(party, x)),
        ("gelu", new(100, 1000), async (suite, party, x) => await suite.Gelu(party, x)),
        ("tanh", new(100, 1000), async (suite, party, x) => await suite.Tanh(party, x)),
        ("cosine and sine", new(100, 1000), async (suite, party, x) => await suite.CosineAndSineOfTurns(party, x)),
        ("reciprocal", new(100, 1000), async (suite, party, x) => await suite.Reciprocal(party, party.AddPublic(x, 2), 1, 4, FixedPoint.FractionBits)),
        ("inverse square root", new(100, 1000), async (suite, party, x) => await suite.InverseSquareRoot(party, party.AddPublic(x, 2), FixedPoint.FractionBits)),
        ("layer norm of 1024", new(128, 1024), async (suite, party, x) => await suite.Normalize(party, x, 1e-5)),
        ("softmax of 128", new(16 * 128, 128), async (suite, party, x) =>
            await suite.Softmax(party, x.Reshape(Shape.Vector(x.Shape.Count)), [.. Enumerable.Range(0, x.Shape.Rows + 1).Select(row => row * x.Shape.Columns)])),
    ];

    /// <param name="announce">Told which operation is measured next.</param>
    public static async Task<IReadOnlyList<ProtocolRate>> RunAsync(Action<string> announce, CancellationToken cancellation)
    {
        var rates = new List<ProtocolRate>();
        foreach (var (name, shape, run) in Operations)
            foreach (var suite in NamedSuite.All.Where(suite => suite != NamedSuite.PublishedStockCosine || name == "cosine and sine"))
            {
                announce($"{name}, {suite.Name}");
                rates.Add(await MeasureAsync(name, shape, suite, run, cancellation));
            }

        return rates;
    }

    static async Task<ProtocolRate> MeasureAsync(string name, Shape shape, NamedSuite suite, Func<ISuite, Party, Share, ValueTask> run, CancellationToken cancellation)
    {
        var seed = Seed.FromNumber(1);
        var (seconds, cost) = (new List<double>(), Cost.Free);

        // The first run compiles the program, and is not counted.
        for (var i = 0; i <= Runs; i++)
        {
            var meters = new RoleMeters();
            var programs = Simulation.PartyPrograms(
                async party =>
                {
                    await party.Start();
                    await party.BeginEpoch(0);
                    await run(suite.Create(), party, party.Public(Numbers(shape), FixedPoint.FractionBits));
                    await party.EndEpoch();
                },
                seed);
            meters.Note(programs);
            await Simulation.RunAsync(new SimulationSettings(LinkProfile.Lan, Work.Measured, seed), programs, cancellation);
            cost = meters[Role.PartyOne].CostOf(Role.PartyZero);
            if (i > 0) seconds.Add(meters.ProcessorTime.TotalSeconds);
        }

        seconds.Sort();
        return new(name, suite.Name, shape.Count, cost.Rounds, cost.SentBytes, cost.OfflineBytes, seconds[Runs / 2], seconds);
    }

    /// <summary>Between −1 and 1.</summary>
    static RingTensor Numbers(Shape shape)
    {
        var tensor = RingTensor.Uninitialized(shape);
        for (var i = 0; i < tensor.Count; i++) tensor.Values[i] = FixedPoint.Encode(Math.Sin(i));
        return tensor;
    }
}
