using System.Runtime.InteropServices;

namespace MpcActors.Tuning.Federated;

/// <summary>A federated fine-tuning between two rounds, both parties' halves side by side since one process simulates both; apart, each would keep its own.</summary>
/// <param name="Counted">Whose updates were added up, for each round so far.</param>
/// <param name="Transcript">Hash over the sessions so far.</param>
/// <param name="Joined">Clients that have shared their texts. They share them again, in the same bytes, when a run goes on.</param>
public sealed record FederatedState(int[][] Counted, string Transcript, int[] Joined, ulong[] Zero, ulong[] One)
{
    public int Rounds => Counted.Length;

    const string Heading = "federated state 2", FileHeading = "federated fine-tuning";

    public byte[] ToBytes() => StateStream.Write(Heading, writer =>
    {
        writer.Write(Counted.Length);
        foreach (var round in Counted) Write(writer, round);
        writer.Write(Transcript);
        Write(writer, Joined);
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
            var counted = new int[reader.ReadCount()][];
            for (var round = 0; round < counted.Length; round++) counted[round] = ReadClients(reader);
            var (transcript, joined, count) = (reader.ReadString(), ReadClients(reader), reader.ReadCount());
            var (zero, one) = (new ulong[count], new ulong[count]);
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(zero.AsSpan()));
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(one.AsSpan()));
            state = new(counted, transcript, joined, zero, one);
        });
        return state!;
    }

    static void Write(BinaryWriter writer, int[] clients)
    {
        writer.Write(clients.Length);
        foreach (var client in clients) writer.Write(client);
    }

    static int[] ReadClients(BinaryReader reader)
    {
        var clients = new int[reader.ReadCount()];
        for (var i = 0; i < clients.Length; i++) clients[i] = reader.ReadInt32();
        return clients;
    }

    /// <param name="facts">Of the run, in words, so that a difference can be named.</param>
    public void Write(string path, RunFacts facts) => TuningCheckpoint.Write(path, StateStream.Write(FileHeading, writer =>
    {
        facts.Write(writer);
        var state = ToBytes();
        writer.Write(state.Length);
        writer.Write(state);
    }));

    /// <summary>What a file holds, or null if there is none.</summary>
    /// <exception cref="InvalidDataException">It is damaged or belongs to a run with other settings or data; the message says which.</exception>
    public static FederatedState? Read(string path, RunFacts facts)
    {
        if (TuningCheckpoint.Read(path) is not { } file) return null;
        FederatedState? state = null;
        StateStream.Read(file, FileHeading, reader =>
        {
            facts.Require(reader, path);
            state = FromBytes(reader.ReadBytes(reader.ReadCount()));
        });
        return state;
    }
}
