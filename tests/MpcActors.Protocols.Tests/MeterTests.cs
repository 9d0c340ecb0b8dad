namespace MpcActors.Protocols.Tests;

public sealed class MeterTests
{
    static readonly TimeSpan Work = TimeSpan.FromMilliseconds(20);

    /// <summary>Whatever else the machine does, an operation within a turn has what the process used meanwhile.</summary>
    [Fact]
    public void Processor_time_goes_to_the_operation_under_way_and_not_to_the_one_in_which_a_turn_began()
    {
        var meter = new Meter();
        meter.BeginTurn();
        using (meter.Enter("first")) UseProcessor();
        using (meter.Enter("second"))
        using (meter.Enter("inner")) UseProcessor();
        meter.EndTurn();
        Assert.True(meter.ProcessorTimes["first"] >= Work);
        Assert.True(meter.ProcessorTimes["second/inner"] >= Work);
        Assert.Equal(meter.ProcessorTime.Ticks, meter.ProcessorTimes.Values.Sum(time => time.Ticks));
    }

    [Fact]
    public void Between_turns_nothing_is_counted()
    {
        var meter = new Meter();
        meter.BeginTurn();
        meter.EndTurn();
        var before = meter.ProcessorTime;
        using (meter.Enter("between")) UseProcessor();
        Assert.Equal(before, meter.ProcessorTime);
    }

    static void UseProcessor()
    {
        var end = Environment.CpuUsage.TotalTime + Work;
        for (var x = 1.0; Environment.CpuUsage.TotalTime < end;) x = Math.Sqrt(x + 1);
    }
}
