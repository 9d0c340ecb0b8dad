using System.CommandLine;
using MpcActors.Actors;
using MpcActors.Network;

namespace MpcActors.Cli;

/// <summary>What every command that runs sessions can be told.</summary>
sealed class CommonOptions(string command)
{
    readonly Option<bool> _json = Options.Flag("--json", "Write one JSON object to standard output and everything else to standard error");
    readonly Option<ulong> _seed = Options.Seed();
    readonly Option<string?> _out = Options.Text("--out", "DIR", $"Folder for the files of the run (default: out/{command})");
    readonly Option<string?> _network = Options.Text("--network", "lan|wan-1|wan-2|FILE", "Network that is simulated: a profile, or a HOCON file with mpc.link (default: lan)");
    readonly Option<string?> _latency = Options.Text("--latency", "TIME", "One-way latency instead of the network's, such as 30ms");
    readonly Option<string?> _bandwidth = Options.Text("--bandwidth", "RATE", "Bandwidth of each direction instead of the network's, such as 50Mbps");

    readonly Option<string?> _page = Options.Page();

    readonly Option<string> _time = Options.Choice(
        "--time", "How computation enters the simulated time: as measured here, or modelled from counts, the same on every machine", "measured", "measured", "modelled");

    /// <param name="mayWritePage">False for a command that writes its page in any case, or none.</param>
    public void AddTo(Command to, bool mayWritePage = true)
    {
        foreach (var option in new Option[] { _network, _latency, _bandwidth, _time, _seed, _out, _json }) to.Options.Add(option);
        if (mayWritePage) to.Options.Add(_page);
    }

    public CommonSettings Read(ParseResult result)
    {
        var folder = result.GetValue(_out) ?? Path.Combine("out", command);
        return new(
            result.GetValue(_json),
            result.GetValue(_seed),
            folder,
            BadInputException.Check(() => Network(result)),
            result.GetValue(_time) == "modelled" ? Work.Modelled.Default : Work.Measured) { Page = Output.PageOf(result, _page, folder) };
    }

    /// <summary>The profile or file that was named.</summary>
    public string NetworkName(ParseResult result) => result.GetValue(_network) ?? "lan";

    LinkProfile Network(ParseResult result)
    {
        var name = NetworkName(result);
        var (latency, bandwidth) = (result.GetValue(_latency), result.GetValue(_bandwidth));
        if (!Hocon.Networks.Contains(name) && !File.Exists(name))
            throw new BadInputException($"unknown network '{name}': use {string.Join(", ", Hocon.Networks)}, or the path of a HOCON file with an mpc.link section{Nearest.Hint(name, Hocon.Networks)}");
        var network = Hocon.Network(name, latency, bandwidth);
        return latency is null && bandwidth is null ? network : network with { Name = "custom" };
    }
}

/// <param name="Out">Folder, not yet made.</param>
/// <param name="Network">What the sessions run on; costs are given for the other profiles too.</param>
sealed record CommonSettings(bool Json, ulong Seed, string Out, LinkProfile Network, Work Work)
{
    /// <summary>File of the HTML page; null where none was asked for.</summary>
    public string? Page { get; init; }

    /// <summary>The papers' three networks, and the user's where it is another.</summary>
    public IReadOnlyList<LinkProfile> Networks { get; } =
        [.. new[] { LinkProfile.Lan, LinkProfile.Wan1, LinkProfile.Wan2, Network }.DistinctBy(network => network.Name)];
}
