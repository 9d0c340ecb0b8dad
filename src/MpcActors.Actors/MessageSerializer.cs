using System.Buffers;
using System.Buffers.Binary;
using Akka.Actor;
using Akka.Serialization;
using MessagePack;
using MpcActors.Actors.Crews;
using MpcActors.Protocols;

namespace MpcActors.Actors;

/// <summary>Messages as MessagePack arrays; a frame's payload is one bin. Reading trusts nothing.</summary>
public sealed class MessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Longer than any frame of a model that fits this machine, and far below what a length field could claim.</summary>
    public const int LargestPayload = 1 << 30;

    const string FrameManifest = "F";
    const string ReadyManifest = "R";
    const string TurnDoneManifest = "T";
    const string StartManifest = "S";
    const string DoneManifest = "D";
    const string BrokenManifest = "B";

    public override int Identifier => 0x4d5043;

    public override string Manifest(object o) => o switch
    {
        SealedFrame => FrameManifest,
        TurnDone => TurnDoneManifest,
        Ready => ReadyManifest,
        Start => StartManifest,
        SessionDone => DoneManifest,
        SessionBroken => BrokenManifest,
        _ => CrewFormat.ManifestOf(o) ?? throw new ArgumentException($"{o.GetType()} is no message of this system", nameof(o)),
    };

    public override byte[] ToBinary(object obj)
    {
        var buffer = new ArrayBufferWriter<byte>(obj is SealedFrame { Frame.Payload.Length: var length } ? length + 64 : 64);
        var writer = new MessagePackWriter(buffer);
        switch (obj)
        {
            case SealedFrame(var frame, var tag):
                var tagBytes = new byte[FrameSeal.TagBytes];
                BinaryPrimitives.WriteUInt128LittleEndian(tagBytes, tag);
                writer.WriteArrayHeader(6);
                writer.Write((byte)frame.From);
                writer.Write((byte)frame.To);
                writer.Write(frame.Sequence);
                writer.Write((byte)frame.Phase);
                writer.Write(tagBytes);
                writer.Write(frame.Payload.Span);
                break;
            case Ready ready:
                writer.WriteArrayHeader(1);
                writer.Write((byte)ready.Role);
                break;
            case TurnDone done:
                writer.WriteArrayHeader(4);
                writer.Write((byte)done.Role);
                writer.Write(done.Busy.Ticks);
                writer.Write(done.OfflineBusy.Ticks);
                writer.Write(done.IsFinished);
                break;
            case SessionBroken broken:
                writer.WriteArrayHeader(1);
                writer.Write(broken.Cause);
                break;
            case Start or SessionDone:
                writer.WriteArrayHeader(0);
                break;
            default:
                CrewFormat.Write(ref writer, obj);
                break;
        }

        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="ProtocolViolationException">The bytes are no such message.</exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        try
        {
            var reader = new MessagePackReader(bytes);
            object message = manifest switch
            {
                FrameManifest => ReadFrame(ref reader),
                ReadyManifest => ReadReady(ref reader),
                TurnDoneManifest => ReadTurnDone(ref reader),
                BrokenManifest => ReadBroken(ref reader),
                StartManifest => ReadEmpty(ref reader, Start.Instance),
                DoneManifest => ReadEmpty(ref reader, SessionDone.Instance),
                _ => CrewFormat.Read(ref reader, manifest) ?? throw new ProtocolViolationException($"no message has the manifest '{manifest}'"),
            };
            return reader.End ? message : throw new ProtocolViolationException("a message is longer than it says");
        }
        catch (Exception problem) when (problem is MessagePackSerializationException or EndOfStreamException or OverflowException)
        {
            throw new ProtocolViolationException($"{bytes.Length} bytes are no message of kind '{manifest}'", problem);
        }
    }

    /// <summary>Bytes of a sealed frame on the wire, without writing it.</summary>
    public static long LengthOf(Frame frame) =>
        1 + 1 + 1 + LengthOfUnsigned(frame.Sequence) + 1 + (2 + FrameSeal.TagBytes) + LengthOfBinHeader(frame.Payload.Length) + frame.Payload.Length;

    static int LengthOfUnsigned(uint value) => value switch
    {
        < 128 => 1,
        <= byte.MaxValue => 2,
        <= ushort.MaxValue => 3,
        _ => 5,
    };

    static int LengthOfBinHeader(int length) => length switch
    {
        <= byte.MaxValue => 2,
        <= ushort.MaxValue => 3,
        _ => 5,
    };

    static SealedFrame ReadFrame(ref MessagePackReader reader)
    {
        RequireCount(ref reader, 6);
        var (from, to, sequence, phase) = (ReadRole(ref reader), ReadRole(ref reader), reader.ReadUInt32(), reader.ReadByte());
        if (phase > (byte)Phase.Offline) throw new ProtocolViolationException($"a frame names phase {phase}");
        var tagBytes = ReadBin(ref reader, FrameSeal.TagBytes);
        if (tagBytes.Length != FrameSeal.TagBytes) throw new ProtocolViolationException($"a frame has a tag of {tagBytes.Length} bytes");
        var tag = BinaryPrimitives.ReadUInt128LittleEndian(tagBytes);
        return new(new Frame(from, to, sequence, (Phase)phase, ReadBin(ref reader, LargestPayload)), tag);
    }

    static TurnDone ReadTurnDone(ref MessagePackReader reader)
    {
        RequireCount(ref reader, 4);
        return new(ReadRole(ref reader), ReadTime(ref reader), ReadTime(ref reader), reader.ReadBoolean());
    }

    static TimeSpan ReadTime(ref MessagePackReader reader)
    {
        var ticks = reader.ReadInt64();
        return ticks >= 0 ? TimeSpan.FromTicks(ticks) : throw new ProtocolViolationException($"a turn claims to have taken {ticks} ticks");
    }

    static Ready ReadReady(ref MessagePackReader reader)
    {
        RequireCount(ref reader, 1);
        return new(ReadRole(ref reader));
    }

    static SessionBroken ReadBroken(ref MessagePackReader reader)
    {
        RequireCount(ref reader, 1);
        return new(reader.ReadString() ?? "");
    }

    static object ReadEmpty(ref MessagePackReader reader, object message)
    {
        RequireCount(ref reader, 0);
        return message;
    }

    internal static Role ReadRole(ref MessagePackReader reader)
    {
        var role = (Role)reader.ReadByte();
        return Enum.IsDefined(role) ? role : throw new ProtocolViolationException($"a message names role {(byte)role}, which does not exist");
    }

    static byte[] ReadBin(ref MessagePackReader reader, int most)
    {
        var bytes = reader.ReadBytes() ?? throw new ProtocolViolationException("a frame has no payload");
        return bytes.Length <= most ? bytes.ToArray() : throw new ProtocolViolationException($"a frame claims {bytes.Length} bytes where at most {most} are taken");
    }

    internal static void RequireCount(ref MessagePackReader reader, int count)
    {
        var found = reader.ReadArrayHeader();
        if (found != count) throw new ProtocolViolationException($"a message has {found} fields where {count} were due");
    }
}
