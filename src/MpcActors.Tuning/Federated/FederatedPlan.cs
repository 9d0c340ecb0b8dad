using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MpcActors.Ring;

namespace MpcActors.Tuning.Federated;

/// <summary>What happens when, which everybody knows: sizes, who is picked in a round, which texts are in a batch.</summary>
/// <param name="Texts">Of each client; 0 of one that a role knows nothing of yet.</param>
/// <param name="Width">Of a row that a client shares: a text's features, or a token's embedding.</param>
public sealed record FederatedPlan(FederatedSettings Settings, int[] Texts, int Width, int Classes)
{
    const ulong PickStream = 40, BatchStream = 1000;

    public int Clients => Texts.Length;

    /// <summary>Of what is trained and added up.</summary>
    public Shape Parameters { get; init; } = new(Width, Classes);

    public static FederatedPlan Of(FederatedSettings settings, IReadOnlyList<ClientData> clients, int classes)
    {
        settings.Validate(clients.Count);
        var width = clients[0].Width;
        if (clients.Any(client => client.Width != width)) throw new ArgumentException("clients have features of different widths");
        return new(settings, [.. clients.Select(client => client.Texts)], width, classes);
    }

    /// <summary>What a run is bound to.</summary>
    /// <param name="trained">What of which model.</param>
    /// <param name="weights">Hash of the model owner's, to the last bit.</param>
    internal RunFacts FactsWith(string trained, byte[] weights, IReadOnlyList<TextSet> clients) => new(
        [.. PublicFacts(trained), ("hash of the model's weights", Convert.ToHexStringLower(weights))],
        [.. clients.Select(client => (client.Name, RunFacts.HashOf(client)))]);

    internal RunFacts SettingsWith(string trained) => new(PublicFacts(trained));

    internal static byte[] HashOf(IEnumerable<double[]> weights)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in weights) hash.AppendData(MemoryMarshal.AsBytes(tensor.AsSpan()));
        return hash.GetHashAndReset();
    }

    (string Name, string Value)[] PublicFacts(string trained) =>
        [("trained part", trained), ("number of clients", Clients.ToString(CultureInfo.InvariantCulture)), .. Settings.Facts];

    /// <summary>The clients of a round, in order.</summary>
    public int[] PickedIn(int round) =>
        [.. ClientSplit.Order(Clients, Settings.Seed, PickStream + ((ulong)round << 20)).Take(Settings.Picked).Order()];

    /// <summary>The texts of a client's batch: one pass over all after the other, each in an order of its own.</summary>
    public int[] Batch(int client, int round, int step)
    {
        var size = Math.Min(Settings.Batch, Texts[client]);
        var first = (long)(round * Settings.LocalSteps + step) * size;
        return [.. Enumerable.Range(0, size).Select(i => OrderOfPass((first + i) / Texts[client])[(first + i) % Texts[client]])];

        int[] OrderOfPass(long pass) => ClientSplit.Order(Texts[client], Settings.Seed, BatchStream + (ulong)client + ((ulong)pass << 20));
    }
}
