namespace MpcActors.Tuning.Federated;

/// <summary>What a federation has come to, without the parameters: all that the server has to know to go on.</summary>
/// <param name="Counted">Whose updates were added up, for each round so far.</param>
/// <param name="Transcript">Hash over the sessions so far.</param>
/// <param name="Model">Keyed hash of the model owner's model.</param>
/// <param name="Joined">Clients that have shared their texts, each with a keyed hash of them.</param>
public sealed record FederationPast(int[][] Counted, string Transcript, string Model, IReadOnlyDictionary<int, string> Joined)
{
    const string Heading = "server of a federation";

    /// <summary>How often updates were added up: not in a round that nobody was counted in.</summary>
    public int Sums => Counted.Count(round => round.Length > 0);

    /// <param name="facts">Of the run, in words, so that a difference can be named.</param>
    /// <param name="id">Of this federation.</param>
    public void Write(string path, RunFacts facts, string id) => TuningCheckpoint.Write(path, StateStream.Write(Heading, writer =>
    {
        facts.Write(writer);
        writer.Write(id);
        Write(writer);
    }));

    /// <summary>What a file holds, or null if there is none.</summary>
    /// <exception cref="InvalidDataException">It is damaged or belongs to a run with other settings; the message says which.</exception>
    public static (FederationPast Past, string Id)? Read(string path, RunFacts facts)
    {
        if (TuningCheckpoint.Read(path) is not { } file) return null;
        (FederationPast, string)? read = null;
        StateStream.Read(file, Heading, reader =>
        {
            facts.Require(reader, path);
            var id = reader.ReadString();
            read = (Read(reader), id);
        });
        return read;
    }

    internal void Write(BinaryWriter writer)
    {
        writer.Write(Counted.Length);
        foreach (var round in Counted)
        {
            writer.Write(round.Length);
            foreach (var client in round) writer.Write(client);
        }

        writer.Write(Transcript);
        writer.Write(Model);
        writer.Write(Joined.Count);
        foreach (var (client, texts) in Joined.OrderBy(entry => entry.Key))
        {
            writer.Write(client);
            writer.Write(texts);
        }
    }

    internal static FederationPast Read(BinaryReader reader)
    {
        var counted = new int[reader.ReadCount()][];
        for (var round = 0; round < counted.Length; round++)
        {
            counted[round] = new int[reader.ReadCount()];
            for (var i = 0; i < counted[round].Length; i++) counted[round][i] = reader.ReadInt32();
        }

        var (transcript, model, joined) = (reader.ReadString(), reader.ReadString(), new SortedDictionary<int, string>());
        for (var left = reader.ReadCount(); left > 0; left--) joined[reader.ReadInt32()] = reader.ReadString();
        return new(counted, transcript, model, joined);
    }
}
