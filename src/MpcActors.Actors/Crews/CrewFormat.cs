using MessagePack;
using MpcActors.Actors.Nodes;
using MpcActors.Protocols;

namespace MpcActors.Actors.Crews;

/// <summary>What coordinator and members tell each other, as MessagePack arrays.</summary>
static class CrewFormat
{
    /// <summary>Of any list in these messages, and of sessions that a member takes part in at once.</summary>
    const int Most = 1000;

    const string AnnouncedManifest = "CA", AssignedManifest = "CG", EndedManifest = "CE", AbandonedManifest = "CX", LostManifest = "CL";

    /// <summary>Null where it is none of these messages.</summary>
    public static string? ManifestOf(object message) => message switch
    {
        Announced => AnnouncedManifest,
        Assigned => AssignedManifest,
        CrewEnded => EndedManifest,
        Abandoned => AbandonedManifest,
        ProcessLost => LostManifest,
        _ => null,
    };

    /// <exception cref="ArgumentException">It is none of these messages.</exception>
    public static void Write(ref MessagePackWriter writer, object message)
    {
        switch (message)
        {
            case Announced announced:
                writer.WriteArrayHeader(9);
                writer.Write(announced.Member);
                writer.Write(announced.Kind);
                Write(ref writer, announced.Address);
                writer.Write(announced.Group);
                writer.Write(announced.Seats);
                writer.WriteArrayHeader(announced.Crews.Count);
                foreach (var crew in announced.Crews) writer.Write(crew);
                writer.WriteArrayHeader(4 * announced.Wants.Count);
                foreach (var (place, kind, fingerprint, isDispensable) in announced.Wants)
                {
                    writer.Write(place);
                    writer.Write(kind);
                    writer.Write(fingerprint);
                    writer.Write(isDispensable);
                }

                break;
            case Assigned assigned:
                writer.WriteArrayHeader(2);
                writer.Write(assigned.Crew);
                writer.WriteArrayHeader(4 * assigned.Places.Count);
                foreach (var (place, address) in assigned.Places.OrderBy(place => place.Key, StringComparer.Ordinal))
                {
                    writer.Write(place);
                    Write(ref writer, address);
                }

                break;
            case CrewEnded ended:
                writer.WriteArrayHeader(3);
                writer.Write(ended.Member);
                writer.Write(ended.Crew);
                writer.Write(ended.Cause);
                break;
            case Abandoned abandoned:
                writer.WriteArrayHeader(2);
                writer.Write(abandoned.Crew);
                writer.Write(abandoned.Cause);
                break;
            case ProcessLost lost:
                writer.WriteArrayHeader(1);
                writer.Write(lost.Process);
                break;
            default:
                throw new ArgumentException($"{message.GetType()} is no message between coordinator and members", nameof(message));
        }
    }

    /// <summary>Null where no message of these has the manifest.</summary>
    /// <exception cref="ProtocolViolationException">The bytes are no such message.</exception>
    public static object? Read(ref MessagePackReader reader, string manifest) => manifest switch
    {
        AnnouncedManifest => ReadAnnounced(ref reader),
        AssignedManifest => ReadAssigned(ref reader),
        EndedManifest => ReadEnded(ref reader),
        AbandonedManifest => ReadAbandoned(ref reader),
        LostManifest => ReadLost(ref reader),
        _ => null,
    };

    static Announced ReadAnnounced(ref MessagePackReader reader)
    {
        MessageSerializer.RequireCount(ref reader, 9);
        var (member, kind, address) = (ReadText(ref reader), ReadText(ref reader), ReadAddress(ref reader));
        var (group, seats) = (ReadText(ref reader), reader.ReadInt32());
        if (seats is < 0 or > Most) throw new ProtocolViolationException($"a member claims {seats} seats");
        var crews = new string[ReadCount(ref reader)];
        for (var i = 0; i < crews.Length; i++) crews[i] = ReadText(ref reader);
        var wants = new Wanted[ReadPlaces(ref reader)];
        var places = new HashSet<string> { kind };
        for (var i = 0; i < wants.Length; i++)
        {
            wants[i] = new(ReadText(ref reader), ReadText(ref reader), reader.ReadString(), reader.ReadBoolean());
            if (!places.Add(wants[i].Place)) throw new ProtocolViolationException("a member wants a place twice");
        }

        return new(member, kind, address, group, seats, crews, wants);
    }

    static Assigned ReadAssigned(ref MessagePackReader reader)
    {
        MessageSerializer.RequireCount(ref reader, 2);
        var crew = ReadText(ref reader);
        var count = ReadPlaces(ref reader);
        var places = new Dictionary<string, NodeAddress>();
        for (var i = 0; i < count; i++)
            if (!places.TryAdd(ReadText(ref reader), ReadAddress(ref reader))) throw new ProtocolViolationException("a crew has a place twice");
        return new(crew, places);
    }

    /// <summary>Of four fields each.</summary>
    static int ReadPlaces(ref MessagePackReader reader)
    {
        var count = ReadCount(ref reader);
        return count % 4 == 0 ? count / 4 : throw new ProtocolViolationException($"places of a crew have {count} fields");
    }

    static CrewEnded ReadEnded(ref MessagePackReader reader)
    {
        MessageSerializer.RequireCount(ref reader, 3);
        return new(ReadText(ref reader), ReadText(ref reader), reader.ReadString());
    }

    static Abandoned ReadAbandoned(ref MessagePackReader reader)
    {
        MessageSerializer.RequireCount(ref reader, 2);
        return new(ReadText(ref reader), ReadText(ref reader));
    }

    static ProcessLost ReadLost(ref MessagePackReader reader)
    {
        MessageSerializer.RequireCount(ref reader, 1);
        return new(ReadText(ref reader));
    }

    static void Write(ref MessagePackWriter writer, NodeAddress address)
    {
        writer.Write(address.Host);
        writer.Write(address.Port);
        writer.Write(address.Fingerprint);
    }

    static NodeAddress ReadAddress(ref MessagePackReader reader)
    {
        var (host, port, fingerprint) = (ReadText(ref reader), reader.ReadInt32(), ReadText(ref reader));
        return port is > 0 and <= 65_535 || (port, host) == (0, NodeAddress.Dials) ? new(host, port, fingerprint) : throw new ProtocolViolationException($"a member claims port {port}");
    }

    static int ReadCount(ref MessagePackReader reader)
    {
        var count = reader.ReadArrayHeader();
        return count <= Most ? count : throw new ProtocolViolationException($"a list of {count} is longer than {Most}");
    }

    static string ReadText(ref MessagePackReader reader) => reader.ReadString() ?? throw new ProtocolViolationException("a text is missing");
}
