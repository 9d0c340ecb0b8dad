using System.CommandLine;
using System.Globalization;
using MpcActors.Fss;
using MpcActors.Fss.Benchmarking;
using MpcActors.Ring.Benchmarking;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MpcActors.Cli;

/// <summary>Measures what this machine does, in this process.</summary>
static class BenchCommand
{
    public static Command Create()
    {
        var json = Options.Flag("--json", "Write one JSON object to standard output and everything else to standard error");
        var seed = Options.Seed();
        var folder = Options.Text("--out", "DIR", "Folder for run.json (default: out/bench-kernels)");
        var page = Options.Page();
        var kernels = new ExemplifiedCommand(
            "kernels",
            "Ring matrix products against the machine's own multiplication peak, the random generator, comparisons and their keys.",
            ("mpc bench kernels", "about half a minute; quiet the machine first"),
            ("mpc bench kernels --json", "one JSON object on standard output"))
        {
            json, seed, folder, page,
        };
        kernels.SetAction((result, cancellation) => Task.Run(
            async () =>
            {
                var files = new OutputFolder(result.GetValue(folder) ?? Path.Combine("out", "bench-kernels"));
                var output = Output.Of(result, json, page, files.Folder);
                output.Error.WriteLine("measuring matrix products and the generator");
                var watch = System.Diagnostics.Stopwatch.StartNew();
                var rates = KernelBenchmark.Run();
                output.Error.WriteLine("measuring comparisons");
                var comparison = await ComparisonBenchmark.RunAsync(cancellation);
                cancellation.ThrowIfCancellationRequested();
                output.Error.WriteLine("measuring function secret sharing");
                var report = new KernelReport
                {
                    Command = "bench kernels",
                    Seed = result.GetValue(seed),
                    ElapsedSeconds = watch.Elapsed.TotalSeconds,
                    Gemm = rates.Gemm,
                    NaiveGmacPerSecond = rates.NaiveGmacPerSecond,
                    Prg = new PrgRate(rates.PrgBytesPerSecond),
                    Compare = new ComparisonRate(comparison),
                    Dcf = FssBenchmark.Comparisons(FssPayload.Word, TimeSpan.FromSeconds(1)),
                    DcfOfBits = FssBenchmark.Comparisons(FssPayload.Bit, TimeSpan.FromSeconds(1)),
                };
                files.Write("run.json", report.ToJson() + "\n");
                await output.ShowAsync(report, Tables(report), files.Folder, $"File: {Path.Combine(files.Folder, "run.json")}", cancellation);
                return (int)ExitCode.Done;
            },
            cancellation));
        return new ExemplifiedCommand("bench", "Measures what this machine does.", 
            ("mpc bench kernels", "matrix products and the random generator"),
            ("mpc bench layer --tokens 512", "one layer of RoBERTa-large"),
            ("mpc bench model", "all layers of RoBERTa-large"))
        {
            kernels, BenchProtocols.Create(), BenchPass.CreateLayer(), BenchPass.CreateModel(),
        };
    }

    static IEnumerable<IRenderable> Tables(KernelReport report)
    {
        var table = new Table { Title = new TableTitle("Matrix products on the ring, 10⁹ multiplications a second") };
        foreach (var name in new[] { "shape", "path", "cores", "rate", "peak", "ratio" }) table.AddColumn(name);
        foreach (var rate in report.Gemm)
            table.AddRow(
                string.Join('×', rate.Shape), rate.Path, rate.Cores.ToString(CultureInfo.InvariantCulture), Number(rate.GmacPerSecond), Number(rate.PeakGmacPerSecond), Number(rate.Ratio));
        yield return table;
        var keys = new Table { Title = new TableTitle("Comparison keys (DCF), one core, 10⁶ a second") };
        foreach (var name in new[] { "domain bits", "payload bits", "evaluations", "pairs generated", "bytes a key" }) keys.AddColumn(name);
        foreach (var rate in report.Dcf.Concat(report.DcfOfBits))
            keys.AddRow(
                rate.Bits.ToString(CultureInfo.InvariantCulture), rate.PayloadBits.ToString(CultureInfo.InvariantCulture),
                Number(rate.EvaluationsPerSecond / 1e6), Number(rate.GenerationsPerSecond / 1e6), rate.KeyBytes.ToString(CultureInfo.InvariantCulture));
        yield return keys;
        yield return new Text(string.Create(
            CultureInfo.InvariantCulture, $"A plain loop of 256-bit vectors: {report.NaiveGmacPerSecond:0.00}. The generator, one core: {report.Prg.BytesPerSecond / 1e9:0.00} GB/s. A comparison, all roles: {report.Compare.NanosecondsPerValue:0} ns of processor time.\n"));
    }

    static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    sealed record KernelReport : Report
    {
        public required IReadOnlyList<MatrixRate> Gemm { get; init; }

        /// <summary>Rows times values in 256-bit vectors: the yardstick of the avx2 path.</summary>
        public required double NaiveGmacPerSecond { get; init; }

        public required PrgRate Prg { get; init; }

        public required ComparisonRate Compare { get; init; }

        /// <summary>With a word as payload.</summary>
        public required IReadOnlyList<ComparisonKeyRate> Dcf { get; init; }

        /// <summary>With a bit as payload, shared by exclusive or.</summary>
        public required IReadOnlyList<ComparisonKeyRate> DcfOfBits { get; init; }
    }

    /// <summary>Processor time of both parties and the dealer together.</summary>
    sealed record ComparisonRate(double NanosecondsPerValue);

    sealed record PrgRate(double BytesPerSecond);
}
