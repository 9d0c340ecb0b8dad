using System.Diagnostics;
using System.Text.Json;

namespace MpcActors.Cli.Tests;

/// <summary>A small session of five processes on this machine.</summary>
sealed class Deployment : IDisposable
{
    const string Session = """
          session {
            task = tiny
            model = tiny
            attention = softmax
            prompt-rows = 2
            queries = 12
            population = 4
            latent-dimension = 10
            shots = 2
            test-texts = 8
          }
        """;

    readonly Scratch _scratch = new();

    public static async Task<Deployment> Make(Func<string, string>? change = null, int pairs = 1)
    {
        var deployment = new Deployment();
        var typed = await Typed.Run("certs", deployment.Folder("keys"), "--port", $"{FreePorts(5 * pairs)}", "--pairs", $"{pairs}");
        Assert.True(typed.Code == 0, typed.Error);
        foreach (var file in Enumerable.Range(1, pairs).Select(deployment.ConfigOf))
        {
            var text = File.ReadAllText(file);
            var (start, end) = (text.IndexOf("  session {", StringComparison.Ordinal), text.IndexOf("  # Of two roles", StringComparison.Ordinal));
            text = text[..start] + Session + "\n\n" + text[end..];
            File.WriteAllText(file, (change ?? (same => same))(text));
        }

        return deployment;
    }

    /// <summary>Of a party zero, a server, a dealer, a model owner and clients.</summary>
    /// <param name="federation">The block of that name.</param>
    /// <param name="spares">Pairs of the file beyond those that the federation uses.</param>
    public static async Task<Deployment> MakeFederation(int clients, string federation, Func<string, string>? change = null, int pairs = 1, int spares = 0)
    {
        var deployment = new Deployment();
        var typed = await Typed.Run("certs", deployment.Folder("keys"), "--port", $"{FreePorts(3 * (pairs + spares))}", "--clients", $"{clients}", "--pairs", $"{pairs}", "--spares", $"{spares}");
        Assert.True(typed.Code == 0, typed.Error);
        var text = File.ReadAllText(deployment.Config);
        var (start, end) = (text.IndexOf("  federation {", StringComparison.Ordinal), text.IndexOf("  # The clients and the model owner dial", StringComparison.Ordinal));
        text = text[..start] + federation + "\n\n" + text[end..];
        File.WriteAllText(deployment.Config, (change ?? (same => same))(text));
        return deployment;
    }

    public string Config => ConfigOf(1);

    public string Spare => ConfigOf(2);

    public string Cluster => Path.Combine(Folder("keys"), "cluster.hocon");

    /// <param name="pair">From 1.</param>
    public string ConfigOf(int pair) => Path.Combine(Folder("keys"), pair == 1 ? "node.hocon" : $"node-{pair}.hocon");

    public string Folder(string name) => _scratch.Path(name);

    public string[] Up(string folder, params string[] more) => ["up", "--config", Config, "--out", Folder(folder), .. more];

    public byte[] Prompt(string folder) => File.ReadAllBytes(Path.Combine(Folder(folder), "prompt.json"));

    /// <summary>By role, as the last run in a folder had them.</summary>
    public Dictionary<string, int> Processes(string folder) =>
        JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(Path.Combine(Folder(folder), "processes.json")))!;

    public void Kill(string folder, string role)
    {
        using var process = Process.GetProcessById(Processes(folder)[role]);
        process.Kill();
    }

    public async Task AllAreGone(string folder)
    {
        foreach (var (role, id) in Processes(folder))
        {
            for (var waited = 0; IsRunning(id); waited++)
            {
                Assert.True(waited < 600, $"{role} is still running");
                await Task.Delay(50);
            }
        }
    }

    public void Dispose() => _scratch.Dispose();

    static bool IsRunning(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited && process.ProcessName != "";
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>The first of so many, and of those of a cluster.</summary>
    internal static int FreePorts(int count)
    {
        const int ofCluster = 100;
        return Testing.FreePorts.Block((21_000, 88), 128, [.. Enumerable.Range(0, count), ofCluster]);
    }
}
