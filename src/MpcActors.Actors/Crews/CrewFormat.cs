using MessagePack;
using MpcActors.Actors.Nodes;
using MpcActors.Protocols;

namespace MpcActors.Actors.Crews;

/// <summary>What coordinator and members tell each other, as MessagePack arrays.</summary>
static class CrewFormat
{
    /// <summary>Of any list in these messages.</summary>
    const int Most = 1000;

    public static void Write(ref MessagePackWriter writer, Announced message)
    {
        writer.WriteArrayHeader(8);
        writer.Write(message.Member);
        writer.Write((byte)message.Role);
        Write(ref writer, message.Address);
        writer.Write(message.Group);
        writer.Write(message.Seats);
        writer.WriteArrayHeader(message.Crews.Count);
        foreach (var crew in message.Crews) writer.Write(crew);
    }

    public static void Write(ref MessagePackWriter writer, Assigned message)
    {
        writer.WriteArrayHeader(2);
        writer.Write(message.Crew);
        writer.WriteArrayHeader(4 * message.Roles.Count);
        foreach (var (role, address) in message.Roles.OrderBy(role => role.Key))
        {
            writer.Write((byte)role);
            Write(ref writer, address);
        }
    }

    public static void Write(ref MessagePackWriter writer, CrewEnded message)
    {
        writer.WriteArrayHeader(3);
        writer.Write(message.Member);
        writer.Write(message.Crew);
        writer.Write(message.Cause);
    }

    public static void Write(ref MessagePackWriter writer, Abandoned message)
    {
        writer.WriteArrayHeader(2);
        writer.Write(message.Crew);
        writer.Write(message.Cause);
    }

    public static void Write(ref MessagePackWriter writer, MemberLost message)
    {
        writer.WriteArrayHeader(1);
        writer.Write(message.Member);
    }

    public static Announced ReadAnnounced(ref MessagePackReader reader)
    {
        MessageSerializer.RequireCount(ref reader, 8);
        var (member, role, address) = (ReadText(ref reader), MessageSerializer.ReadRole(ref reader), ReadAddress(ref reader));
        var (group, seats) = (ReadText(ref reader), reader.ReadInt32());
        if (seats < 0) throw new ProtocolViolationException($"a member claims {seats} seats");
        var crews = new string[ReadCount(ref reader)];
        for (var i = 0; i < crews.Length; i++) crews[i] = ReadText(ref reader);
        return new(member, role, address, group, seats, crews);
    }

    public static Assigned ReadAssigned(ref MessagePackReader reader)
    {
        MessageSerializer.RequireCount(ref reader, 2);
        var crew = ReadText(ref reader);
        var count = ReadCount(ref reader);
        if (count % 4 != 0) throw new ProtocolViolationException($"a crew has {count} fields");
        var roles = new Dictionary<Role, NodeAddress>();
        for (var i = 0; i < count / 4; i++)
            if (!roles.TryAdd(MessageSerializer.ReadRole(ref reader), ReadAddress(ref reader))) throw new ProtocolViolationException("a crew has a role twice");
        return new(crew, roles);
    }

    public static CrewEnded ReadEnded(ref MessagePackReader reader)
    {
        MessageSerializer.RequireCount(ref reader, 3);
        return new(ReadText(ref reader), ReadText(ref reader), reader.ReadString());
    }

    public static Abandoned ReadAbandoned(ref MessagePackReader reader)
    {
        MessageSerializer.RequireCount(ref reader, 2);
        return new(ReadText(ref reader), ReadText(ref reader));
    }

    public static MemberLost ReadLost(ref MessagePackReader reader)
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
        return port is > 0 and <= 65_535 ? new(host, port, fingerprint) : throw new ProtocolViolationException($"a member claims port {port}");
    }

    static int ReadCount(ref MessagePackReader reader)
    {
        var count = reader.ReadArrayHeader();
        return count <= Most ? count : throw new ProtocolViolationException($"a list of {count} is longer than {Most}");
    }

    static string ReadText(ref MessagePackReader reader) => reader.ReadString() ?? throw new ProtocolViolationException("a text is missing");
}
