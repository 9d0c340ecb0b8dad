using System.Buffers;
using System.Buffers.Binary;
using MessagePack;
using MpcActors.Protocols;

namespace MpcActors.Actors.Nodes;

/// <summary>A message on a connection: a prefix of nine bytes, a MessagePack head, and behind a frame's head its payload. Reading trusts nothing.</summary>
/// <remarks>The prefix is the head's length, the payload's length (both 32 bits, little-endian) and the kind. Payloads stay outside MessagePack, so that each is read straight into the words that the protocol computes with.</remarks>
internal static class WireFormat
{
    public const int PrefixBytes = 9;

    /// <summary>Far above what any head needs, far below what hurts.</summary>
    public const int LargestHead = 1 << 14;

    const int MostFacts = 64;

    public static void Write(IBufferWriter<byte> buffer, WireMessage message)
    {
        var head = new ArrayBufferWriter<byte>(64);
        var writer = new MessagePackWriter(head);
        var kind = WriteHead(ref writer, message);
        writer.Flush();
        var prefix = buffer.GetSpan(PrefixBytes);
        BinaryPrimitives.WriteInt32LittleEndian(prefix, head.WrittenCount);
        BinaryPrimitives.WriteInt32LittleEndian(prefix[sizeof(int)..], message is WireMessage.Data data ? data.Message.Frame.Payload.Length : 0);
        prefix[2 * sizeof(int)] = (byte)kind;
        buffer.Advance(PrefixBytes);
        buffer.Write(head.WrittenSpan);
    }

    /// <exception cref="ProtocolViolationException">There is no such message, or a length is not one it can have.</exception>
    public static (char Kind, int Head, int Payload) ReadPrefix(ReadOnlySpan<byte> prefix, int largestPayload)
    {
        var (head, payload, kind) = (BinaryPrimitives.ReadUInt32LittleEndian(prefix), BinaryPrimitives.ReadUInt32LittleEndian(prefix[sizeof(int)..]), (char)prefix[2 * sizeof(int)]);
        if (!"HRJDTPFEB".Contains(kind, StringComparison.Ordinal)) throw new ProtocolViolationException("what came is no message of this protocol");
        if (head > LargestHead) throw new ProtocolViolationException($"a message claims a head of {head} bytes where at most {LargestHead} are taken");
        var most = kind == 'D' ? (uint)largestPayload : 0;
        if (payload > most) throw new ProtocolViolationException($"a message claims a payload of {payload} bytes where at most {most} are taken");
        return (kind, (int)head, (int)payload);
    }

    /// <param name="payload">A frame's; empty for all else.</param>
    /// <exception cref="ProtocolViolationException">The bytes are no such message.</exception>
    public static WireMessage Read(char kind, ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> payload)
    {
        try
        {
            var reader = new MessagePackReader(head);
            var message = ReadHead(ref reader, kind, payload);
            return reader.End ? message : throw new ProtocolViolationException("a message is longer than it says");
        }
        catch (Exception problem) when (problem is MessagePackSerializationException or EndOfStreamException or OverflowException)
        {
            throw new ProtocolViolationException($"{head.Length} bytes are no message of kind '{kind}'", problem);
        }
    }

    static char WriteHead(ref MessagePackWriter writer, WireMessage message)
    {
        switch (message)
        {
            case WireMessage.Hello(var version, var role, var facts):
                writer.WriteArrayHeader(3);
                writer.Write(version);
                writer.Write((byte)role);
                writer.WriteMapHeader(facts.Count);
                foreach (var (name, value) in facts)
                {
                    writer.Write(name);
                    writer.Write(value);
                }

                return 'H';
            case WireMessage.Refused(var cause):
                WriteText(ref writer, cause);
                return 'R';
            case WireMessage.Broken(var cause):
                WriteText(ref writer, cause);
                return 'B';
            case WireMessage.Joined(var session, var purpose, var run):
                writer.WriteArrayHeader(3);
                WriteNumber(ref writer, session);
                writer.Write(purpose);
                WriteNumber(ref writer, run);
                return 'J';
            case WireMessage.Data({ Frame: var frame, Tag: var tag }):
                writer.WriteArrayHeader(5);
                writer.Write((byte)frame.From);
                writer.Write((byte)frame.To);
                writer.Write(frame.Sequence);
                writer.Write((byte)frame.Phase);
                WriteNumber(ref writer, tag);
                return 'D';
            case WireMessage.Taken(var bytes):
                writer.WriteArrayHeader(1);
                writer.Write(bytes);
                return 'T';
            case WireMessage.Ping(var frames):
                writer.WriteArrayHeader(1);
                writer.Write(frames);
                return 'P';
            case WireMessage.Farewell:
                writer.WriteArrayHeader(0);
                return 'E';
            case WireMessage.Finished(var summary):
                WriteSummary(ref writer, summary);
                return 'F';
            default:
                throw new ArgumentException($"{message.GetType()} is no message of this protocol", nameof(message));
        }
    }

    static WireMessage ReadHead(ref MessagePackReader reader, char kind, ReadOnlyMemory<byte> payload)
    {
        switch (kind)
        {
            case 'H':
                RequireCount(ref reader, 3);
                var (version, role, count) = (reader.ReadInt32(), ReadRole(ref reader), reader.ReadMapHeader());
                if (count > MostFacts) throw new ProtocolViolationException($"a greeting has {count} facts where at most {MostFacts} are taken");
                var facts = new Fact[count];
                for (var i = 0; i < count; i++) facts[i] = new(ReadString(ref reader), ReadString(ref reader));
                return new WireMessage.Hello(version, role, facts);
            case 'R':
                return new WireMessage.Refused(ReadText(ref reader));
            case 'B':
                return new WireMessage.Broken(ReadText(ref reader));
            case 'J':
                RequireCount(ref reader, 3);
                return new WireMessage.Joined(ReadNumber(ref reader), ReadPurpose(ref reader), ReadNumber(ref reader));
            case 'D':
                RequireCount(ref reader, 5);
                var (from, to, sequence, phase) = (ReadRole(ref reader), ReadRole(ref reader), reader.ReadUInt32(), reader.ReadByte());
                if (phase > (byte)Phase.Offline) throw new ProtocolViolationException($"a frame names phase {phase}");
                return new WireMessage.Data(new SealedFrame(new Frame(from, to, sequence, (Phase)phase, payload), ReadNumber(ref reader)));
            case 'T':
                RequireCount(ref reader, 1);
                return new WireMessage.Taken(reader.ReadInt64());
            case 'P':
                RequireCount(ref reader, 1);
                return new WireMessage.Ping(reader.ReadInt64());
            case 'E':
                RequireCount(ref reader, 0);
                return WireMessage.Farewell.Instance;
            default:
                return new WireMessage.Finished(ReadSummary(ref reader));
        }
    }

    static void WriteSummary(ref MessagePackWriter writer, NodeSummary summary)
    {
        writer.WriteArrayHeader(4 + summary.Links.Count);
        writer.Write((byte)summary.Role);
        writer.Write(summary.Rounds);
        writer.Write(summary.DealtBytes);
        writer.Write(summary.Busy.Ticks);
        foreach (var link in summary.Links)
        {
            writer.WriteArrayHeader(7);
            writer.Write((byte)link.From);
            writer.Write((byte)link.To);
            writer.Write(link.OnlineFrames);
            writer.Write(link.OnlineBytes);
            writer.Write(link.OfflineFrames);
            writer.Write(link.OfflineBytes);
            writer.Write(link.Hash);
        }
    }

    static NodeSummary ReadSummary(ref MessagePackReader reader)
    {
        var links = new LinkSummary[Math.Max(0, reader.ReadArrayHeader() - 4)];
        var (role, rounds, dealt, busy) = (ReadRole(ref reader), reader.ReadInt32(), reader.ReadInt64(), TimeSpan.FromTicks(reader.ReadInt64()));
        for (var i = 0; i < links.Length; i++)
        {
            RequireCount(ref reader, 7);
            links[i] = new(
                ReadRole(ref reader), ReadRole(ref reader), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), ReadString(ref reader));
            if (links[i].Hash.Length != Transcript.LinkHashDigits || !links[i].Hash.All(char.IsAsciiHexDigitLower))
                throw new ProtocolViolationException("a link's hash is no hash");
        }

        return new(role, rounds, dealt, busy, links);
    }

    static void WriteText(ref MessagePackWriter writer, string text)
    {
        writer.WriteArrayHeader(1);
        writer.Write(text.Length <= LargestHead / 8 ? text : text[..(LargestHead / 8)]);
    }

    static string ReadText(ref MessagePackReader reader)
    {
        RequireCount(ref reader, 1);
        return ReadString(ref reader);
    }

    /// <summary>Without control characters, since it may end up on somebody's terminal.</summary>
    static string ReadString(ref MessagePackReader reader) =>
        string.Concat((reader.ReadString() ?? "").Select(letter => char.IsControl(letter) ? '?' : letter));

    static string ReadPurpose(ref MessagePackReader reader)
    {
        var purpose = reader.ReadString() ?? "";
        return SessionName.IsPurpose(purpose) ? purpose : throw new ProtocolViolationException($"a session's purpose of {purpose.Length} letters is longer than {SessionName.LongestPurpose}, or not of plain letters");
    }

    static void WriteNumber(ref MessagePackWriter writer, UInt128 number)
    {
        var bytes = new byte[FrameSeal.TagBytes];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, number);
        writer.Write(bytes);
    }

    static UInt128 ReadNumber(ref MessagePackReader reader)
    {
        Span<byte> bytes = stackalloc byte[FrameSeal.TagBytes];
        if (reader.ReadBytes() is not { Length: FrameSeal.TagBytes } read) throw new ProtocolViolationException($"a number has not {FrameSeal.TagBytes} bytes");
        read.CopyTo(bytes);
        return BinaryPrimitives.ReadUInt128LittleEndian(bytes);
    }

    static Role ReadRole(ref MessagePackReader reader)
    {
        var role = (Role)reader.ReadByte();
        return Enum.IsDefined(role) ? role : throw new ProtocolViolationException($"a message names role {(byte)role}, which does not exist");
    }

    static void RequireCount(ref MessagePackReader reader, int count)
    {
        var found = reader.ReadArrayHeader();
        if (found != count) throw new ProtocolViolationException($"a message has {found} fields where {count} were due");
    }
}
