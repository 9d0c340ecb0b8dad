using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace MpcActors.Tuning.Federated;

/// <summary>A federated fine-tuning between two rounds, both parties' halves side by side since one process simulates both; apart, each would keep its own.</summary>
/// <param name="Rounds">Done so far.</param>
/// <param name="Transcript">Hash over the sessions so far.</param>
/// <param name="Joined">Clients that have shared their texts. They share them again, in the same bytes, when a run goes on.</param>
public sealed record FederatedState(int Rounds, string Transcript, int[] Joined, ulong[] Zero, ulong[] One)
{
    const string Heading = "federated state 1";

    public byte[] ToBytes() => StateStream.Write(Heading, writer =>
    {
        writer.Write(Rounds);
        writer.Write(Transcript);
        writer.Write(Joined.Length);
        foreach (var client in Joined) writer.Write(client);
        writer.Write(Zero.Length);
        writer.Write(MemoryMarshal.AsBytes(Zero.AsSpan()));
        writer.Write(MemoryMarshal.AsBytes(One.AsSpan()));
    });

    /// <exception cref="InvalidDataException">The bytes are of another state, or end too early.</exception>
    public static FederatedState FromBytes(byte[] bytes)
    {
        FederatedState? state = null;
        StateStream.Read(bytes, Heading, reader =>
        {
            var (rounds, transcript) = (reader.ReadInt32(), reader.ReadString());
            var joined = new int[reader.ReadInt32()];
            for (var i = 0; i < joined.Length; i++) joined[i] = reader.ReadInt32();
            var (zero, count) = (Array.Empty<ulong>(), reader.ReadInt32());
            (zero, var one) = (new ulong[count], new ulong[count]);
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(zero.AsSpan()));
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(one.AsSpan()));
            state = new(rounds, transcript, joined, zero, one);
        });
        return state!;
    }

    /// <summary>What a checkpoint is bound to: settings, every client's texts and the parameters it started from.</summary>
    public static byte[] Identity(FederatedSettings settings, IReadOnlyList<ClientData> clients, double[] start)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(settings.Line));
        foreach (var client in clients)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{client.Texts} {client.Width}\n"));
            hash.AppendData(MemoryMarshal.AsBytes(client.Labels.AsSpan()));
            hash.AppendData(MemoryMarshal.AsBytes(client.Features.AsSpan()));
        }

        hash.AppendData(MemoryMarshal.AsBytes(start.AsSpan()));
        return hash.GetHashAndReset();
    }
}
