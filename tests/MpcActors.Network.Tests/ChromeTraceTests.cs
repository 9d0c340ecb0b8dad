using System.Text.Json;

namespace MpcActors.Network.Tests;

public sealed class ChromeTraceTests
{
    static readonly Timeline Small = Sample(1);

    [Fact]
    public void Roles_and_links_have_names()
    {
        var names = Events(Small, "M").Where(e => Text(e, "name") == "process_name").ToDictionary(e => e.GetProperty("pid").GetInt32(), e => Text(e.GetProperty("args"), "name"));
        Assert.Equal(new() { [0] = "zero", [1] = "one", [2] = "network" }, names);
        Assert.Equal(["online", "offline"], Events(Small, "M").Where(e => Text(e, "name") == "thread_name" && e.GetProperty("pid").GetInt32() == 0).Select(e => Text(e.GetProperty("args"), "name")));
    }

    [Fact]
    public void Computation_is_complete_events_in_microseconds_to_the_tick()
    {
        var events = Events(Small, "X");
        Assert.Equal((0, 0, "layer \"0\" → ü", 0.3m, 12.5m), Fields(events[0]));
        Assert.Equal((1, 1, "deal", 0m, 1_000_000m), Fields(events[1]));

        static (int, int, string, decimal, decimal) Fields(JsonElement e) =>
            (e.GetProperty("pid").GetInt32(), e.GetProperty("tid").GetInt32(), Text(e, "name"), e.GetProperty("ts").GetDecimal(), e.GetProperty("dur").GetDecimal());
    }

    [Fact]
    public void Each_transfer_begins_and_ends_under_a_number_of_its_own()
    {
        var (begins, ends) = (Events(Small, "b"), Events(Small, "e"));
        Assert.Equal([(0, "zero → one", 12.8m), (1, "zero → one", 13m), (2, "one → zero (offline)", 0m)], begins.Select(Fields));
        Assert.Equal([(0, "zero → one", 900m), (1, "zero → one", 901m), (2, "one → zero (offline)", 0m)], ends.Select(Fields));
        Assert.Equal("opening", Text(begins[0].GetProperty("args"), "frame"));
        Assert.All(begins.Concat(ends), e => Assert.Equal((2, "transfer"), (e.GetProperty("pid").GetInt32(), Text(e, "cat"))));

        static (int, string, decimal) Fields(JsonElement e) => (e.GetProperty("id").GetInt32(), Text(e, "name"), e.GetProperty("ts").GetDecimal());
    }

    [Fact]
    public void Counters_add_up_the_bytes_of_a_link_and_leave_out_what_was_dealt_before() =>
        Assert.Equal([("bytes zero → one", 100L), ("bytes zero → one", 107L)], Events(Small, "C").Select(e => (Text(e, "name"), e.GetProperty("args").GetProperty("bytes").GetInt64())));

    [Fact]
    public void A_long_trace_goes_out_as_it_grows_and_leaves_the_stream_open()
    {
        using var stream = new CountingStream();
        ChromeTrace.Write(stream, Sample(5_000));
        Assert.True(stream.LargestWrite < 1 << 18, $"{stream.LargestWrite} bytes were written at once");
        Assert.True(stream.CanWrite);

        stream.Position = 0;
        using var document = JsonDocument.Parse(stream);
        Assert.True(document.RootElement.GetProperty("traceEvents").GetArrayLength() > 40_000);
    }

    [Fact]
    public void A_run_of_actors_gives_a_trace_that_parses_and_an_empty_one_does_too()
    {
        var replayed = Replay.Run(Programs.Tangle(LinkProfile.Wan1, seed: 3, record: true).Clock.Recording, LinkProfile.Wan1);
        Assert.Equal(replayed.Timeline.Transfers.Count, Events(replayed.Timeline, "b").Length);
        Assert.Empty(Events(new Timeline(new Dictionary<int, string>()), "X"));
    }

    static Timeline Sample(int times)
    {
        var timeline = new Timeline(Programs.Two);
        for (var i = 0; i < times; i++)
        {
            timeline.Add(new WorkSpan(0, "layer \"0\" → ü", TimeSpan.FromTicks(3), TimeSpan.FromTicks(125), WorkKind.Online));
            timeline.Add(new WorkSpan(0, "nothing to see", TimeSpan.FromTicks(3), TimeSpan.Zero, WorkKind.Online));
            timeline.Add(new WorkSpan(1, "deal", TimeSpan.Zero, TimeSpan.FromSeconds(1), WorkKind.Offline));
            timeline.Add(new Transfer(new(0, 1), "opening", 100, TimeSpan.FromTicks(128), TimeSpan.FromTicks(9_000), WorkKind.Online));
            timeline.Add(new Transfer(new(0, 1), "opening", 7, TimeSpan.FromTicks(130), TimeSpan.FromTicks(9_010), WorkKind.Online));
            timeline.Add(new Transfer(new(1, 0), "triples", 1_000, TimeSpan.Zero, TimeSpan.Zero, WorkKind.Offline));
        }
        return timeline;
    }

    static JsonElement[] Events(Timeline timeline, string phase)
    {
        using var stream = new MemoryStream();
        ChromeTrace.Write(stream, timeline);
        using var document = JsonDocument.Parse(stream.ToArray());
        return [.. document.RootElement.GetProperty("traceEvents").EnumerateArray().Where(e => Text(e, "ph") == phase).Select(e => e.Clone())];
    }

    static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    sealed class CountingStream : MemoryStream
    {
        internal int LargestWrite { get; private set; }

        public override void Write(byte[] buffer, int offset, int count)
        {
            LargestWrite = Math.Max(LargestWrite, count);
            base.Write(buffer, offset, count);
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            LargestWrite = Math.Max(LargestWrite, buffer.Length);
            base.Write(buffer);
        }
    }
}
