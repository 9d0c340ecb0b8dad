using System.Buffers;
using System.Globalization;
using System.Text;
using MpcActors.Actors.Nodes;
using MpcActors.Protocols;

namespace MpcActors.Actors.Tests.Nodes;

/// <summary>Seeded mutations of what nodes read. MPC_ACTORS_FUZZ sets how many: some thousands by default, millions for a night.</summary>
public sealed class FuzzTests
{
    const int Largest = 1 << 16;

    static readonly int Count = int.TryParse(Environment.GetEnvironmentVariable("MPC_ACTORS_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 20_000;

    static readonly WireMessage[] Messages =
    [
        new WireMessage.Hello(1, Role.Dealer, [new("model", "tiny"), new("attention", "rfa")]),
        new WireMessage.Refused("party-0 has attention = rfa"),
        new WireMessage.Joined(UInt128.MaxValue, "round 3 client 2", 7),
        new WireMessage.Data(new SealedFrame(new Frame(Role.PartyZero, Role.PartyOne, 300, Phase.Offline, new byte[40]), 9)),
        new WireMessage.Taken(1L << 40),
        new WireMessage.Ping(7),
        WireMessage.Farewell.Instance,
        new WireMessage.Broken("party-1 was interrupted"),
        new WireMessage.Finished(new NodeSummary(Role.Dealer, 5, 6, TimeSpan.FromSeconds(7), [new(Role.Dealer, Role.PartyOne, 1, 2, 3, 4, new string('a', 64))])),
    ];

    [Fact]
    public async Task Every_message_is_read_as_it_was_written()
    {
        var reader = new WireReader(new MemoryStream([.. Messages.SelectMany(Bytes)]), () => { }) { LargestPayload = Largest };
        foreach (var message in Messages)
        {
            var read = await reader.Next(CancellationToken.None);
            Assert.Equal(Convert.ToHexString(Bytes(message)), Convert.ToHexString(Bytes(read!)));
        }

        Assert.Null(await reader.Next(CancellationToken.None));
    }

    [Theory]
    [InlineData("a line\nand another")]
    [InlineData("\u001b[31mred")]
    [InlineData(null)]
    public async Task A_purpose_that_is_too_long_or_not_of_plain_letters_is_refused(string? purpose)
    {
        var reader = new WireReader(new MemoryStream(Bytes(new WireMessage.Joined(1, purpose ?? new string('a', SessionName.LongestPurpose + 1), 2))), () => { });

        var refused = await Assert.ThrowsAsync<ProtocolViolationException>(async () => await reader.Next(CancellationToken.None));

        Assert.Contains("a session's purpose of", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mutilated_messages_are_read_or_refused_and_nothing_else()
    {
        byte[][] originals = [.. Messages.Select(Bytes)];
        var (read, refused) = (0, 0);
        for (var i = 0; i < Count; i++)
        {
            var random = new Random(i);
            var bytes = Mutate(random, originals[random.Next(originals.Length)]);
            var reader = new WireReader(new MemoryStream(bytes), () => { }) { LargestPayload = Largest };
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                while (await reader.Next(CancellationToken.None) is not null) read++;
            }
            catch (Exception problem) when (problem is ProtocolViolationException or IOException)
            {
                refused++;
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4 * Largest, $"seed {i}");
        }

        Assert.True(read > 0 && refused > 0, $"{read} read, {refused} refused");
    }

    [Fact]
    public void Mutilated_configurations_are_read_or_refused_and_nothing_else()
    {
        var original = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "hocon", "node.hocon"));
        var file = Path.GetTempFileName();
        try
        {
            var (read, refused) = (0, 0);
            for (var i = 0; i < Count / 10; i++)
            {
                File.WriteAllBytes(file, Mutate(new Random(i), original));
                try
                {
                    var config = Hocon.Load(file);
                    _ = config.HasPath("mpc.session.task") ? config.GetValue("mpc.session.task").ToString() : null;
                    read++;
                }
                catch (ArgumentException)
                {
                    refused++;
                }
            }

            Assert.True(read > 0 && refused > 0, $"{read} read, {refused} refused");
        }
        finally
        {
            File.Delete(file);
        }
    }

    static byte[] Bytes(WireMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        WireFormat.Write(buffer, message);
        if (message is WireMessage.Data data) buffer.Write(data.Message.Frame.Payload.Span);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A few bytes changed, cut out, doubled or cut off.</summary>
    static byte[] Mutate(Random random, byte[] original)
    {
        var bytes = original.ToList();
        for (var change = random.Next(1, 5); change > 0 && bytes.Count > 0; change--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveAt(at);
                    break;
                case 3:
                    bytes.Insert(at, Encoding.ASCII.GetBytes("{}[]\"$=,\0\xff")[random.Next(10)]);
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, random.Next(1, 40))));
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }
}
