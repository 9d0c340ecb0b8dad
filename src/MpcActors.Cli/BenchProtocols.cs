using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MpcActors.Experiments;
using Spectre.Console;

namespace MpcActors.Cli;

/// <summary>Measures each operation of each suite by itself.</summary>
static class BenchProtocols
{
    public static Command Create()
    {
        var json = Options.Flag("--json", "Write one JSON object to standard output and everything else to standard error");
        var seed = Options.Seed();
        var folder = Options.Text("--out", "DIR", "Folder for run.json (default: out/bench-protocols)");
        var page = Options.Page();
        var command = new ExemplifiedCommand(
            "protocols", "Each operation of each suite by itself: rounds, bytes, processor time of all roles.",
            ("mpc bench protocols", "about half a minute; quiet the machine first"))
        {
            json, seed, folder, page,
        };
        command.SetAction((result, cancellation) => Task.Run(
            async () =>
            {
                var files = new OutputFolder(result.GetValue(folder) ?? Path.Combine("out", "bench-protocols"));
                var output = Output.Of(result, json, page, files.Folder);
                var watch = Stopwatch.StartNew();
                var rates = await ProtocolBenchmark.RunAsync(output.Error.WriteLine, cancellation);
                var report = new ProtocolReport { Command = "bench protocols", Seed = result.GetValue(seed), ElapsedSeconds = watch.Elapsed.TotalSeconds, Protocols = rates };
                files.Write("run.json", report.ToJson() + "\n");
                await output.ShowAsync(report, [Table(rates)], files.Folder, $"File: {Path.Combine(files.Folder, "run.json")}", cancellation);
                return (int)ExitCode.Done;
            },
            cancellation));
        return command;
    }

    static Table Table(IReadOnlyList<ProtocolRate> rates)
    {
        var table = new Table { Title = new TableTitle("Operations, both parties and the dealer") };
        foreach (var name in new[] { "operation", "suite", "values", "rounds", "bytes sent a value", "bytes dealt a value", "ns a value", "from", "to" }) table.AddColumn(name);
        foreach (var rate in rates)
            table.AddRow(
                rate.Protocol, rate.Suite, rate.Values.ToString(CultureInfo.InvariantCulture), rate.Rounds.ToString(CultureInfo.InvariantCulture),
                Number((double)rate.SentBytes / rate.Values), Number((double)rate.OfflineBytes / rate.Values), Number(rate.NanosecondsPerValue),
                Number(rate.CpuSecondsOfRuns[0] / rate.Values * 1e9), Number(rate.CpuSecondsOfRuns[^1] / rate.Values * 1e9));
        return table;
    }

    static string Number(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    sealed record ProtocolReport : Report
    {
        public required IReadOnlyList<ProtocolRate> Protocols { get; init; }
    }
}
