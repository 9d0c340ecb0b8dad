using System.Buffers;
using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Actors.Tests;

public sealed class FrameSealTests
{
    static readonly Seed Key = Seed.FromNumber(1);
    static readonly Arbitrary<int> Sizes = Gen.OneOf(Gen.Choose(0, 200), Gen.Choose(1900, 6300)).ToArbitrary();

    [Fact]
    public void What_arrives_as_it_was_sent_is_opened() => Prop.ForAll(Sizes, size =>
    {
        using var sender = new FrameSeal(Key);
        using var receiver = new FrameSeal(Key);
        var frame = Frame(Payload(size));
        var message = sender.Seal(frame);
        return receiver.Open(message) == frame && receiver.Open(message with { }) == frame;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void One_bit_more_or_less_is_noticed_wherever_it_is() => Prop.ForAll(Sizes, Gen.Choose(0, int.MaxValue).ToArbitrary(), (size, place) =>
    {
        using var seal = new FrameSeal(Key);
        var payload = Payload(size + 1);
        var message = seal.Seal(Frame(payload));
        var altered = payload.ToArray();
        altered[place / 8 % altered.Length] ^= (byte)(1 << place % 8);
        return IsRefused(seal, message with { Frame = Frame(altered) })
            && IsRefused(seal, message with { Frame = Frame(payload[..^1]) })
            && IsRefused(seal, message with { Frame = Frame([.. payload, 0]) });
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Only_the_very_message_that_was_sealed_is_taken_unread()
    {
        using var seal = new FrameSeal(Key);
        var payload = Payload(24);
        var message = seal.Seal(Frame(payload));
        payload[0] ^= 1;

        Assert.False(IsRefused(seal, message));
        Assert.True(IsRefused(seal, message with { }));
    }

    [Fact]
    public void Blocks_that_change_places_are_noticed()
    {
        using var seal = new FrameSeal(Key);
        var payload = Payload(2 * NhDigest.BlockBytes);
        var message = seal.Seal(Frame(payload));

        Assert.True(IsRefused(seal, message with { Frame = Frame([.. payload[NhDigest.BlockBytes..], .. payload[..NhDigest.BlockBytes]]) }));
    }

    [Fact]
    public void A_header_or_tag_that_is_another_is_noticed_and_named()
    {
        using var seal = new FrameSeal(Key);
        using var other = new FrameSeal(Seed.FromNumber(2));
        var frame = Frame(Payload(24));
        var message = seal.Seal(frame);

        Assert.True(IsRefused(seal, message with { Frame = frame with { Sequence = 8 } }));
        Assert.True(IsRefused(seal, message with { Frame = frame with { From = Role.Dealer } }));
        Assert.True(IsRefused(seal, message with { Frame = frame with { To = Role.Dealer } }));
        Assert.True(IsRefused(seal, message with { Frame = frame with { Phase = Phase.Offline } }));
        Assert.True(IsRefused(seal, message with { Tag = message.Tag ^ 1 }));
        Assert.True(IsRefused(other, message));
        Assert.True(IsRefused(other, message with { }));
        var refusal = Assert.Throws<ProtocolViolationException>(() => seal.Open(message with { Tag = 0 }));
        Assert.Contains("frame 7 party-0 → party-1 (24 bytes)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_payloads_have_tags_of_their_own_on_each_link_and_at_each_place()
    {
        using var seal = new FrameSeal(Key);
        var roles = Enum.GetValues<Role>();
        var tags = new HashSet<UInt128>();
        var frames = 0;
        foreach (var sender in roles)
        foreach (var receiver in roles)
        foreach (var phase in Enum.GetValues<Phase>())
        for (uint sequence = 0; sequence < 300; sequence++, frames++)
            tags.Add(seal.Seal(new(sender, receiver, sequence, phase, new byte[8])).Tag);

        Assert.Equal(frames, tags.Count);
    }

    [Fact]
    public void A_payload_that_no_frame_can_carry_is_refused_with_a_way_out()
    {
        using var seal = new FrameSeal(Key);
        var tooLarge = new Claimed(MessageSerializer.LargestPayload + 1).Memory;

        var refusal = Assert.Throws<ArgumentException>(() => seal.Seal(Frame([]) with { Payload = tooLarge }));
        Assert.Contains("frame 7 party-0 → party-1 (1073741825 bytes) is larger than the 1073741824 bytes", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_digest_is_the_published_sum() => Prop.ForAll(Sizes, size =>
    {
        var payload = Payload(size);
        var digest = new byte[NhDigest.LengthOf(size)];
        new NhDigest(Key).Write(payload, digest);

        var key = new ulong[(NhDigest.BlockBytes + 64) / 8];
        new Prg(Key).Fill(key, 0);
        var padded = new byte[(size + 7) / 8 * 8];
        payload.CopyTo(padded, 0);
        for (var block = 0; block * NhDigest.BlockBytes < size; block++)
        for (var pass = 0; pass < 2; pass++)
        {
            var sum = 0UL;
            var end = Math.Min(padded.Length, (block + 1) * NhDigest.BlockBytes);

            // A block filled up with zeros to whole vectors: there only the key is left.
            var filled = (end - block * NhDigest.BlockBytes + 63) / 64 * 8;
            for (var i = 0; i < filled; i++)
            {
                var at = block * NhDigest.BlockBytes + 8 * i;
                var word = at < end ? BinaryPrimitives.ReadUInt64LittleEndian(padded.AsSpan(at)) : 0;
                var k = key[i + 8 * pass];
                sum += (ulong)((uint)word + (uint)k) * (uint)((uint)(word >> 32) + (uint)(k >> 32));
            }

            if (BinaryPrimitives.ReadUInt64LittleEndian(digest.AsSpan(block * NhDigest.DigestBytes + 8 * pass)) != sum) return false;
        }

        return true;
    }).QuickCheckThrowOnFailure();

    static bool IsRefused(FrameSeal seal, SealedFrame message)
    {
        try
        {
            seal.Open(message);
            return false;
        }
        catch (ProtocolViolationException)
        {
            return true;
        }
    }

    static Frame Frame(byte[] payload) => new(Role.PartyZero, Role.PartyOne, 7, Phase.Online, payload);

    static byte[] Payload(int size)
    {
        var words = new ulong[size / 8 + 1];
        new Prg(Seed.FromNumber((ulong)size)).Fill(words, 0);
        return System.Runtime.InteropServices.MemoryMarshal.AsBytes(words.AsSpan())[..size].ToArray();
    }

    /// <summary>Memory that says how long it is and is not there.</summary>
    sealed class Claimed(int length) : MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(length);

        public override Span<byte> GetSpan() => throw new InvalidOperationException("read before its length was checked");

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
