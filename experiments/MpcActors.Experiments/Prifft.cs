using System.Globalization;
using System.Text;
using MpcActors.Actors;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Protocols.Hybrid;
using MpcActors.Protocols.Published;
using MpcActors.Ring;
using MpcActors.Tuning.Federated;

namespace MpcActors.Experiments;

/// <summary>Ours over the published protocols: how many times faster, how many times less traffic.</summary>
/// <param name="Speedup">Simulated time on the LAN, computation at the planner's rates (<see cref="ComputeProfile.TwoCores"/>): the same on every machine, however busy.</param>
/// <param name="TrafficReduction">Online bytes of a party.</param>
/// <param name="TrafficReductionWithKeys">The same with what the dealer sends both parties counted on either side.</param>
/// <param name="KeyBytes">What the dealer sends for ours.</param>
public sealed record PrifftGain(
    double Speedup, double TrafficReduction, double WanSpeedup, double TrafficReductionWithKeys, int Rounds, int PublishedRounds, long SentBytes, long PublishedSentBytes, long KeyBytes, long PublishedDealtBytes);

/// <param name="Difference">Of the private accuracy from the clear one, mean over seeds.</param>
/// <param name="LargestDifference">The same at the round where it is largest, whatever its sign.</param>
/// <param name="Speedup">Of a fine-tuning step.</param>
/// <param name="TrafficReduction">Of a fine-tuning step.</param>
public sealed record PrifftAccuracy(int Clients, int Rounds, int Seeds, double ZeroShot, double Clear, double Private, double Difference, double LargestDifference, double Speedup, double TrafficReduction);

/// <summary>PriFFT's gains over secret sharing alone: each protocol, a fine-tuning step, and the accuracy of federated tuning.</summary>
/// <remarks>The paper's baseline and counting are not known; here the baseline is CrypTen's formulas (<see cref="PublishedSuite"/>), and bytes are what one party sends online.</remarks>
public sealed class Prifft : IExperiment
{
    const int Width = 513, Batch = 16, Classes = 2, SoftmaxWidth = 16, OuterSize = 64;
    const double DropRate = 0.1;

    public string Name => "prifft";

    public string Question => "What do keys save over secret sharing alone, in each protocol and in a fine-tuning step?";

    public async Task<ExperimentResult> RunAsync(ExperimentSettings settings, Action<string> announce, CancellationToken cancellation)
    {
        var gains = new List<(string Name, PrifftGain Gain)>();
        foreach (var contest in Contests(settings.IsQuick ? 4096 : 32768))
        {
            announce(contest.Name);
            gains.Add((contest.Name, await CompareAsync(contest, settings.Seed, cancellation)));
        }

        var steps = await PrifftSteps.RunAsync(settings, announce, cancellation);
        var step = gains[^1].Gain;
        var protocols = gains[..^1];
        var (curves, setting) = await CurvesAsync(settings, announce, cancellation);

        var (fastest, leanest) = (protocols.MaxBy(row => row.Gain.Speedup), protocols.MaxBy(row => row.Gain.TrafficReduction));
        var rows = new List<ExperimentRow>
        {
            new("fine-tuning step", 4.08, step, "times less traffic",
                $"v1: 4.08 times less traffic, 2.23 times faster; v2: 77.0 % and 59.1 % less. A softmax classifier of {Width - 1} features, {Batch} texts a step; its features are opened once, when a client joins"),
            new("fine-tuning step, features opened in it", 4.08, await FreshFeaturesAsync(settings.Seed, cancellation), "times less traffic", "the least that can be said: as if no text were used twice"),
            new($"best traffic reduction ({leanest.Name})", 7.19, leanest.Gain, "times less traffic", "v1; v2: 70.7 % less. The tensor product is compared with products element by element"),
            new($"best speed-up ({fastest.Name})", 4.02, fastest.Gain, "times faster", "v1; v2: 62.5 % less"),
        };
        rows.AddRange(steps.Select(row => new ExperimentRow(row.Name, 4.08, row.Gain, "times less traffic", $"v1: 4.08 times less traffic, 2.23 times faster; v2: 77.0 % and 59.1 % less. {row.Note}")));
        rows.AddRange(protocols.Select(row => new ExperimentRow(row.Name, null, row.Gain, "times less traffic")));
        rows.AddRange(curves.Select(curve => new ExperimentRow(curve.Name, null,
            new PrifftAccuracy(curve.Clients, curve.Rounds, curve.Seeds, curve.Clear[0], curve.Clear[^1], curve.Private[^1], curve.Difference, curve.LargestDifference, step.Speedup, step.TrafficReduction),
            "share of test texts", $"within 0.01 of the clear one is wanted; {setting}. Speed-up and traffic are of a step of the head")));
        return new(rows, Tables(gains, steps, curves, setting), new Dictionary<string, string>
        {
            ["protocols.csv"] = Csv([.. gains, .. steps.Select(row => (row.Name, row.Gain))]),
            ["accuracy.csv"] = Csv(curves),
        })
        {
            Figures =
            [
                new("accuracy by round", "round", "accuracy", "share", false, [.. curves.SelectMany(curve => new ExperimentLine[]
                {
                    new($"{curve.Name["accuracy, ".Length..]}, in the clear", Points(curve.Clear)), new($"{curve.Name["accuracy, ".Length..]}, on shares", Points(curve.Private)),
                })]),
            ],
        };

        static double[][] Points(double[] byRound) => [.. byRound.Select((accuracy, round) => new[] { round, accuracy })];
    }

    /// <summary>A classifier's head for any number of clients; in full also adapters inside the tiny encoder, whose steps are whole ones.</summary>
    static async Task<(List<PrifftFederation.Curves> Curves, string Setting)> CurvesAsync(ExperimentSettings settings, Action<string> announce, CancellationToken cancellation)
    {
        var (curves, federation) = (new List<PrifftFederation.Curves>(), await PrifftFederation.OfAsync(settings.IsQuick, announce, cancellation));
        var (rounds, seeds) = settings.IsQuick ? (2, 1) : (8, 5);
        foreach (var clients in settings.IsQuick ? new[] { 2, 4 } : [2, 4, 8, 16])
        {
            announce($"federated tuning with {clients} clients");
            curves.Add(await federation.HeadAsync(clients, rounds, seeds, settings.Seed, cancellation));
        }

        if (settings.IsQuick) return (curves, federation.Setting);
        announce("federated tuning of adapters with 2 clients");
        curves.Add(await PrifftFederation.Tiny().AdaptersAsync(2, 4, seeds, settings.Seed, cancellation));
        return (curves, $"{federation.Setting}; adapters of the tiny model and task");
    }

    sealed record Contest(string Name, (RingTensor Value, int FractionBits)[] Inputs, Func<Party, Share[], ValueTask<Share>> Ours, Func<Party, Share[], ValueTask<Share>> Published);

    static IEnumerable<Contest> Contests(int count)
    {
        yield return Of("exponential", count, -8, 2, static (party, x) => party.ExponentialWithin(x, -8, 2), static (party, x) => party.Exponential(x));
        yield return Of("reciprocal", count, 0.25, 60, static (party, x) => party.InvertByKeys(x, 0.25, 60), static (party, x) => party.ReciprocalOfPositive(x));
        yield return Of("sigmoid", count, -8, 8, static (party, x) => party.SigmoidByKeys(x), static (party, x) => party.Sigmoid(x));
        yield return Of("tanh", count, -4, 4, static (party, x) => party.TanhByKeys(x), static (party, x) => party.Tanh(x));
        var rows = new Shape(count / SoftmaxWidth, SoftmaxWidth);
        yield return new("softmax", [(Values(rows, -4, 4), FixedPoint.FractionBits)], static (party, x) => party.SoftmaxWithoutMaximum(x[0]), static (party, x) => party.SoftmaxAnew(x[0]));
        yield return new("softmax, iterated", [(Values(rows, -4, 4), FixedPoint.FractionBits)],
            static async (party, x) => await party.TruncateTo(await party.SoftmaxByIteration(x[0])), static (party, x) => party.SoftmaxAnew(x[0]));
        yield return new("dropout", [(Values(Shape.Vector(count), -4, 4), FixedPoint.FractionBits)],
            static async (party, x) => await party.TruncateTo(Dropout.Draw(party, x[0].Shape, DropRate).Apply(party, await party.Mask(x[0]))), static (party, x) => party.DropAnew(x[0], DropRate));

        // Not truncated: a step of descent takes the product as it is.
        var vector = Shape.Vector(OuterSize);
        yield return new("tensor product", [(Values(vector, -4, 4), FixedPoint.FractionBits), (Values(vector, -2, 2), FixedPoint.FractionBits)], static async (party, x) =>
        {
            var wires = await party.Mask(x);
            return party.OuterProduct(wires[0], wires[1]);
        }, static (party, x) => party.OuterProductAnew(x[0], x[1]));
        yield return Step(opensFeatures: false);
    }

    /// <summary>Of one value to one, truncated to the fraction bits that it came with.</summary>
    static Contest Of(string name, int count, double low, double high, Func<Party, Share, ValueTask<Share>> ours, Func<Party, Share, ValueTask<Share>> published) => new(
        name, [(Values(Shape.Vector(count), low, high), FixedPoint.FractionBits)], async (party, x) => await party.TruncateTo(await ours(party, x[0])), (party, x) => published(party, x[0]));

    static Contest Step(bool opensFeatures)
    {
        var (features, scores) = (new Shape(Batch, Width), new Shape(Batch, Classes));
        var labels = FixedPoint.Encode([.. Enumerable.Range(0, scores.Count).Select(i => (i / Classes + i) % 2 == 0 ? 1.0 : 0)], scores);
        int[] transposed = [.. Enumerable.Range(0, features.Count).Select(i => i % Batch * Width + i / Batch)];
        return new(
            "fine-tuning step",
            [(Values(features, -0.3, 0.3, HeadStep.FeatureBits), HeadStep.FeatureBits), (labels, FixedPoint.FractionBits), (RingTensor.Zeros(new(Width, Classes)), HeadStep.ParameterBits)],
            async (party, x) =>
            {
                var wire = opensFeatures ? await party.Mask(x[0]) : await party.SetUp(() => party.Mask(x[0]));
                return HeadStep.Descend(x[2], await HeadStep.Gradient(party, x[2], wire, x[1]), 0.2, Batch);
            },
            async (party, x) =>
            {
                var (inputs, parameters) = (x[0].WithMoreFractionBits(FixedPoint.FractionBits), x[2] with { FractionBits = FixedPoint.FractionBits });
                var weights = await party.SoftmaxAnew(await party.MatrixMultiplyAnew(inputs, parameters));
                var gradient = await party.MatrixMultiplyAnew(inputs with { Value = inputs.Value.Gather(transposed, new(Width, Batch)) }, weights - x[1]);
                return parameters - gradient.TimesPublic(0.2 / Batch);
            });
    }

    static async Task<PrifftGain> FreshFeaturesAsync(ulong seed, CancellationToken cancellation) => await CompareAsync(Step(opensFeatures: true), seed, cancellation);

    static async Task<PrifftGain> CompareAsync(Contest contest, ulong seed, CancellationToken cancellation)
    {
        var (ours, published) = (await MeasureAsync(contest.Inputs, contest.Ours, seed, cancellation), await MeasureAsync(contest.Inputs, contest.Published, seed, cancellation));
        return new(
            published.Lan / ours.Lan, (double)published.Cost.SentBytes / ours.Cost.SentBytes, published.Wan / ours.Wan,
            (2.0 * published.Cost.SentBytes + published.Cost.OfflineBytes) / (2.0 * ours.Cost.SentBytes + ours.Cost.OfflineBytes),
            ours.Cost.Rounds, published.Cost.Rounds, ours.Cost.SentBytes, published.Cost.SentBytes, ours.Cost.OfflineBytes, published.Cost.OfflineBytes);
    }

    static async Task<(double Lan, double Wan, Cost Cost)> MeasureAsync(
        (RingTensor Value, int FractionBits)[] inputs, Func<Party, Share[], ValueTask<Share>> program, ulong number, CancellationToken cancellation)
    {
        var (seed, cost) = (Seed.FromNumber(number).Derive("prifft"), Cost.Free);
        var run = await Simulation.RunAsync(new(LinkProfile.Lan, ComputeProfile.TwoCores.AsWork(), seed), Simulation.PartyPrograms(async party =>
        {
            await party.Start();
            await party.BeginEpoch(0);
            await program(party, [.. inputs.Select((input, i) => ShareOf(party, input, seed.Derive("input", (ulong)i)))]);
            if (party.Seat == Seat.One) cost = party.Meter.CostOf(Role.PartyZero);
            await party.EndEpoch();
        }, seed.Derive("dealer")), cancellation);
        return (run.Elapsed.TotalSeconds, run.On(LinkProfile.Wan1).Elapsed.TotalSeconds, cost);
    }

    static Share ShareOf(Party party, (RingTensor Value, int FractionBits) input, Seed seed) => new(
        party.Seat switch
        {
            Seat.Zero => Sharing.ZeroHalf(seed, input.Value.Shape),
            Seat.One => input.Value - Sharing.ZeroHalf(seed, input.Value.Shape),
            _ => RingTensor.Hollow(input.Value.Shape),
        },
        input.FractionBits);

    /// <summary>From end to end of a range, in an order that mixes them.</summary>
    static RingTensor Values(Shape shape, double low, double high, int fractionBits = FixedPoint.FractionBits) =>
        FixedPoint.Encode([.. Enumerable.Range(0, shape.Count).Select(i => low + (high - low) * (i * 7919L % shape.Count) / shape.Count)], shape, fractionBits);

    static string Tables(List<(string Name, PrifftGain Gain)> gains, IReadOnlyList<PrifftSteps.Row> steps, List<PrifftFederation.Curves> curves, string setting)
    {
        var text = new StringBuilder("| | rounds, ours | published | LAN, times faster | WAN | traffic, times less | keys counted | key bytes |\n|---|---|---|---|---|---|---|---|\n");
        foreach (var (name, gain) in gains)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {gain.Rounds} | {gain.PublishedRounds} | {gain.Speedup:0.00} | {gain.WanSpeedup:0.00} | {gain.TrafficReduction:0.00} | {gain.TrafficReductionWithKeys:0.000} | {gain.KeyBytes} |\n");
        }

        text.Append("\nTimes are simulated, computation at the planner's rates of two cores. Published, at best: 4.02 times faster, 7.19 times less traffic (v1); a fine-tuning step 2.23 and 4.08 (v1), 2.44 and 4.35 (v2).\n\n").Append(PrifftSteps.Table(steps));
        text.Append(CultureInfo.InvariantCulture, $"\nMeans of seeds; {setting}.\n\n| | rounds | seeds | untuned | clear | on shares | difference | largest of any round |\n|---|--:|--:|--:|--:|--:|--:|--:|\n");
        foreach (var curve in curves)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"| {curve.Name} | {curve.Rounds} | {curve.Seeds} | {curve.Clear[0]:0.000} | {curve.Clear[^1]:0.000} | {curve.Private[^1]:0.000} | {curve.Difference:+0.0000;-0.0000;0} | {curve.LargestDifference:0.0000} |\n");
        }

        return text.ToString();
    }

    static string Csv(List<PrifftFederation.Curves> curves)
    {
        var text = new StringBuilder("name,clients,seeds,round,clear,on_shares\n");
        foreach (var curve in curves)
            for (var round = 0; round <= curve.Rounds; round++)
                text.Append(CultureInfo.InvariantCulture, $"\"{curve.Name}\",{curve.Clients},{curve.Seeds},{round},{curve.Clear[round]:R},{curve.Private[round]:R}\n");
        return text.ToString();
    }

    static string Csv(List<(string Name, PrifftGain Gain)> gains)
    {
        var text = new StringBuilder("name,speedup,wan_speedup,traffic_reduction,traffic_reduction_with_keys,rounds,published_rounds,sent_bytes,published_sent_bytes,key_bytes\n");
        foreach (var (name, gain) in gains)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"{name},{gain.Speedup:R},{gain.WanSpeedup:R},{gain.TrafficReduction:R},{gain.TrafficReductionWithKeys:R},{gain.Rounds},{gain.PublishedRounds},{gain.SentBytes},{gain.PublishedSentBytes},{gain.KeyBytes}\n");
        }

        return text.ToString();
    }
}
