using Akka.TestKit.Xunit2;
using FsCheck;
using FsCheck.Fluent;
using MpcActors.Actors.Crews;
using MpcActors.Actors.Nodes;
using MpcActors.Protocols;

namespace MpcActors.Actors.Tests;

public sealed class MessageSerializerTests : TestKit
{
    readonly MessageSerializer _serializer;

    public MessageSerializerTests() : base(Serializing.Config) =>
        _serializer = (MessageSerializer)Sys.Serialization.FindSerializerForType(typeof(SealedFrame));

    [Fact]
    public void Every_message_is_bound_to_the_serializer()
    {
        var messages = typeof(IMpcMessage).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(IMpcMessage)) && !type.IsInterface).ToArray();

        Assert.Equal(11, messages.Length);
        Assert.All(messages, type => Assert.IsType<MessageSerializer>(Sys.Serialization.FindSerializerForType(type)));
    }

    [Fact]
    public void A_frame_is_read_as_it_was_written() => Prop.ForAll(Frames(), frame =>
    {
        var read = RoundTrip(frame);
        return read.Tag == frame.Tag
            && read.Frame with { Payload = default } == frame.Frame with { Payload = default }
            && read.Frame.Payload.Span.SequenceEqual(frame.Frame.Payload.Span);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_turn_is_read_as_it_was_written() => Prop.ForAll(
        (from role in Roles() from busy in Gen.Choose(0, int.MaxValue) from offline in Gen.Choose(0, int.MaxValue) from finished in Gen.Elements(true, false)
         select new TurnDone(role, TimeSpan.FromTicks(busy * 1_000_000_007L), TimeSpan.FromTicks(offline), finished)).ToArbitrary(),
        done => RoundTrip(done) == done).QuickCheckThrowOnFailure();

    [Fact]
    public void The_other_messages_are_read_as_they_were_written()
    {
        foreach (var role in Enum.GetValues<Role>()) Assert.Equal(new Ready(role), RoundTrip(new Ready(role)));
        Assert.Equal(new SessionBroken("frame 3 party-0 → party-1"), RoundTrip(new SessionBroken("frame 3 party-0 → party-1")));
        Assert.Equal(new SessionBroken(""), RoundTrip(new SessionBroken("")));
        Assert.Same(Start.Instance, RoundTrip(Start.Instance));
        Assert.Same(SessionDone.Instance, RoundTrip(SessionDone.Instance));
        Assert.Equal(new CrewEnded("m", "b-1", null), RoundTrip(new CrewEnded("m", "b-1", null)));
        Assert.Equal(new CrewEnded("m", "b-1", "why"), RoundTrip(new CrewEnded("m", "b-1", "why")));
        Assert.Equal(new Abandoned("b-1", "why"), RoundTrip(new Abandoned("b-1", "why")));
        Assert.Equal(new ProcessLost("m"), RoundTrip(new ProcessLost("m")));
        var said = RoundTrip(Announcement);
        Assert.Equal(Announcement, said with { Crews = Announcement.Crews, Wants = Announcement.Wants });
        Assert.Equal(Announcement.Crews, said.Crews);
        Assert.Equal(Announcement.Wants, said.Wants);
        var crew = RoundTrip(Assignment);
        Assert.Equal((Assignment.Crew, 3), (crew.Crew, crew.Places.Count));
        foreach (var (place, address) in Assignment.Places) Assert.Equal(address, crew.Places[place]);
    }

    [Fact]
    public void A_frame_is_as_long_as_its_length_says()
    {
        int[] sizes = [0, 1, 8, 127, 128, 255, 256, 257, 65_535, 65_536, 65_537, 1_000_000];
        uint[] sequences = [0, 1, 127, 128, 255, 256, 65_535, 65_536, int.MaxValue, uint.MaxValue];
        foreach (var size in sizes)
        foreach (var sequence in sequences)
        {
            var frame = new SealedFrame(new(Role.Dealer, Role.ModelOwner, sequence, Phase.Offline, new byte[size]), UInt128.MaxValue);
            Assert.Equal(_serializer.ToBinary(frame).Length, MessageSerializer.LengthOf(frame.Frame));
        }
    }

    [Fact]
    public void What_is_no_message_is_refused() => Assert.Throws<ArgumentException>(() => _serializer.Manifest("text"));

    [Fact]
    public void Random_bytes_are_read_or_refused_and_nothing_else() => Prop.ForAll(
        (from manifest in Gen.Elements("F", "R", "T", "S", "D", "B", "CA", "CG", "CE", "CX", "CL", "", "X") from bytes in Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf() select (manifest, bytes)).ToArbitrary(),
        sent => ReadsOrRefuses(sent.bytes, sent.manifest)).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Mutilated_messages_are_read_or_refused_and_nothing_else()
    {
        object[] messages =
        [
            new SealedFrame(new(Role.PartyZero, Role.PartyOne, 300, Phase.Online, new byte[40]), 7),
            new TurnDone(Role.Dealer, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), true),
            new Ready(Role.DataOwner), new SessionBroken("some cause"), Start.Instance,
            Announcement, Assignment, new CrewEnded("m", "b-1", "why"), new Abandoned("b-1", "why"), new ProcessLost("m"),
        ];
        foreach (var message in messages)
        {
            var (bytes, manifest) = (_serializer.ToBinary(message), _serializer.Manifest(message));
            for (var length = 0; length < bytes.Length; length++)
                Assert.Throws<ProtocolViolationException>(() => _serializer.FromBinary(bytes[..length], manifest));
            Assert.Throws<ProtocolViolationException>(() => _serializer.FromBinary([.. bytes, 0], manifest));
            for (var at = 0; at < bytes.Length; at++)
            for (var value = 0; value < 256; value++)
            {
                var mutilated = bytes.ToArray();
                mutilated[at] = (byte)value;
                Assert.True(ReadsOrRefuses(mutilated, manifest));
            }
        }
    }

    public static TheoryData<string, string, byte[]> Hostile => new()
    {
        { "a payload of 2 GB", "F", [0x96, 0, 1, 0, 0, 0xc4, 16, .. new byte[16], 0xc6, 0x7f, 0xff, 0xff, 0xff, 1, 2, 3] },
        { "a payload of 4 GB", "F", [0x96, 0, 1, 0, 0, 0xc4, 16, .. new byte[16], 0xc6, 0xff, 0xff, 0xff, 0xff] },
        { "a tag of 1 GB", "F", [0x96, 0, 1, 0, 0, 0xc6, 0x40, 0, 0, 0, .. new byte[16]] },
        { "four billion fields", "F", [0xdd, 0xff, 0xff, 0xff, 0xff, 0, 1, 0, 0] },
        { "a cause of 2 GB", "B", [0x91, 0xdb, 0x7f, 0xff, 0xff, 0xff, 65, 66] },
        { "no payload", "F", [0x96, 0, 1, 0, 0, 0xc4, 16, .. new byte[16], 0xc0] },
        { "a role that is none", "R", [0x91, 5] },
        { "four billion crews", "CA", [.. Said(1), 0xdd, 0xff, 0xff, 0xff, 0xff] },
        { "four billion wishes", "CA", [.. Said(1), 0x90, 0xdd, 0xff, 0xff, 0xff, 0xfc] },
        { "a wish for half a place", "CA", [.. Said(1), 0x90, 0x92, 0xa1, 66, 0xa1, 66] },
        { "a wish for its own place", "CA", [.. Said(1), 0x90, 0x94, 0xa1, 65, 0xa1, 66, 0xc0, 0xc2] },
        { "a wish for a place twice", "CA", [.. Said(1), 0x90, 0x98, 0xa1, 66, 0xa1, 66, 0xc0, 0xc2, 0xa1, 66, 0xa1, 67, 0xc0, 0xc2] },
        { "a crew with a place twice", "CG", [0x92, 0xa1, 65, 0x98, 0xa1, 66, 0xa1, 65, 1, 0xa1, 65, 0xa1, 66, 0xa1, 65, 1, 0xa1, 65] },
        { "two billion seats", "CA", [0x99, 0xa1, 65, 0xa1, 65, 0xa1, 65, 1, 0xa1, 65, 0xa1, 65, 0xce, 0x7f, 0xff, 0xff, 0xff, 0x90, 0x90] },
        { "a member at port 0", "CA", [.. Said(0), 0x90, 0x90] },
        { "a member without a name", "CL", [0x91, 0xc0] },
        { "a phase that is none", "F", [0x96, 0, 1, 0, 2, 0xc4, 16, .. new byte[16], 0xc4, 0] },
        { "a short tag", "F", [0x96, 0, 1, 0, 0, 0xc4, 15, .. new byte[15], 0xc4, 0] },
        { "a negative time", "T", [0x94, 0, 0xff, 0, 0xc3] },
        { "a negative number", "F", [0x96, 0, 1, 0xff, 0, 0xc4, 16, .. new byte[16], 0xc4, 0] },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_hostile_message_is_refused_before_it_takes_memory(string what, string manifest, byte[] bytes)
    {
        Assert.Throws<ProtocolViolationException>(() => _serializer.FromBinary(bytes, manifest));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(Reads(bytes, manifest), what);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    T RoundTrip<T>(T message) where T : notnull => (T)_serializer.FromBinary(_serializer.ToBinary(message), _serializer.Manifest(message));

    bool ReadsOrRefuses(byte[] bytes, string manifest)
    {
        Reads(bytes, manifest);
        return true;
    }

    bool Reads(byte[] bytes, string manifest)
    {
        try
        {
            return _serializer.FromBinary(bytes, manifest) is IMpcMessage;
        }
        catch (ProtocolViolationException)
        {
            return false;
        }
    }

    /// <summary>The first fields of an announcement: a letter each, but for the port and one seat.</summary>
    static byte[] Said(byte port) => [0x99, 0xa1, 65, 0xa1, 65, 0xa1, 65, port, 0xa1, 65, 0xa1, 65, 1];

    static Announced Announcement { get; } = new("m", "server", new("host", 7100, "00ff"), "tiny", 3, ["b-1", "b-2"], [new("dealer", "dealer"), new("client-1", "client-1", "00", true)]);

    static Assigned Assignment { get; } = new("b-1", new Dictionary<string, NodeAddress> { ["party-0"] = new("host", 1, "00"), ["model-owner"] = new("other", 65_535, "ff"), ["client-1"] = new(NodeAddress.Dials, 0, "aa") });

    static Gen<Role> Roles() => Gen.Elements(Enum.GetValues<Role>());

    static Arbitrary<SealedFrame> Frames() => (
        from sender in Roles()
        from receiver in Roles()
        from sequence in Gen.Choose(0, int.MaxValue)
        from phase in Gen.Elements(Phase.Online, Phase.Offline)
        from payload in Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf()
        from tag in Gen.Choose(0, int.MaxValue)
        select new SealedFrame(new(sender, receiver, 2 * (uint)sequence, phase, payload), new UInt128((ulong)tag << 32, (ulong)tag))).ToArbitrary();
}
