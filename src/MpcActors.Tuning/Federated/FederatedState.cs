using System.Runtime.InteropServices;

namespace MpcActors.Tuning.Federated;

/// <summary>A simulated federation between two rounds: its past, and both parties' halves of the parameters side by side, since one process simulates both. Apart, each keeps its own.</summary>
public sealed record FederatedState(FederationPast Past, ulong[] Zero, ulong[] One)
{
    const string Heading = "federated state 3", FileHeading = "federated fine-tuning";

    public byte[] ToBytes() => StateStream.Write(Heading, writer =>
    {
        Past.Write(writer);
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
            var (past, count) = (FederationPast.Read(reader), reader.ReadCount());
            var (zero, one) = (new ulong[count], new ulong[count]);
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(zero.AsSpan()));
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(one.AsSpan()));
            state = new(past, zero, one);
        });
        return state!;
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
