using MpcActors.Protocols;

namespace MpcActors.Actors.Tests;

public sealed class TranscriptTests
{
    static readonly SealedFrame[] Frames =
    [
        Frame(Role.PartyZero, Role.PartyOne, 0, 10),
        Frame(Role.PartyZero, Role.PartyOne, 1, 11),
        Frame(Role.PartyOne, Role.PartyZero, 0, 12),
        Frame(Role.Dealer, Role.PartyOne, 0, 13),
    ];

    [Fact]
    public void Order_among_links_is_time_and_does_not_enter() =>
        Assert.Equal(HashOf(Frames), HashOf([Frames[3], Frames[0], Frames[2], Frames[1]]));

    [Fact]
    public void Order_on_one_link_does() => Assert.NotEqual(HashOf(Frames), HashOf([Frames[1], Frames[0], Frames[2], Frames[3]]));

    [Fact]
    public void Anything_that_differs_makes_another_hash()
    {
        var frame = Frames[0].Frame;
        SealedFrame[] others =
        [
            Frames[0] with { Tag = 99 },
            Frames[0] with { Frame = frame with { Sequence = 9 } },
            Frames[0] with { Frame = frame with { Phase = Phase.Offline } },
            Frames[0] with { Frame = frame with { Payload = new byte[9] } },
            Frames[0] with { Frame = frame with { To = Role.Dealer } },
            Frames[0] with { Frame = frame with { From = Role.Dealer } },
        ];
        string[] hashes = [HashOf([]), HashOf(Frames), HashOf(Frames[..3]), HashOf([.. Frames, Frames[3]]), .. others.Select(other => HashOf([other, .. Frames[1..]]))];

        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }

    [Fact]
    public void The_hash_can_be_asked_for_at_any_time()
    {
        var transcript = new Transcript();
        var empty = transcript.Hash();
        transcript.Add(Frames[0]);
        var one = transcript.Hash();

        Assert.NotEqual(empty, one);
        Assert.Equal(one, transcript.Hash());
        Assert.Matches("^[0-9a-f]{64}$", one);
    }

    static string HashOf(IEnumerable<SealedFrame> frames)
    {
        var transcript = new Transcript();
        foreach (var frame in frames) transcript.Add(frame);
        return transcript.Hash();
    }

    static SealedFrame Frame(Role from, Role to, uint sequence, ulong tag) => new(new(from, to, sequence, Phase.Online, new byte[8]), tag);
}
