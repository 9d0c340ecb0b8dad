using System.Globalization;

namespace MpcActors.Cli.Html;

/// <summary>Numbers as people read them.</summary>
static class Words
{
    public static string Of(object? value, string unit) => value switch
    {
        null => "–",
        double number => Number(number, unit),
        Quantity quantity => Number(quantity.Value, quantity.Unit),
        bool yes => yes ? "yes" : "no",
        _ => value.ToString() ?? "",
    };

    public static string Seconds(double seconds) => seconds switch
    {
        >= 7200 => Text($"{seconds / 3600:0.0} h"),
        >= 100 => Text($"{seconds:0} s"),
        >= 1 => Text($"{seconds:0.0} s"),
        0 => "0 s",
        < 0 => Text($"{seconds:0.###} s"),
        < 1e-3 => Text($"{seconds * 1e6:0.0} µs"),
        _ => Text($"{seconds * 1e3:0.0} ms"),
    };

    public static string Bytes(double bytes) => Math.Abs(bytes) switch
    {
        >= 1e12 => Text($"{bytes / 1e12:0.00} TB"),
        >= 1e9 => Text($"{bytes / 1e9:0.00} GB"),
        >= 1e6 => Text($"{bytes / 1e6:0.0} MB"),
        >= 1e3 => Text($"{bytes / 1e3:0.0} kB"),
        _ => Text($"{bytes:0} B"),
    };

    public static string Share(double share) => Text($"{share:0.000}");

    /// <summary>An experiment's name, of its command.</summary>
    public static string Experiment(string command) => command.StartsWith("experiment ", StringComparison.Ordinal) ? command["experiment ".Length..] : command;

    public static string Change(double change) => Text($"{change:+0.0 %;-0.0 %;0 %}");

    static string Number(double number, string unit) => unit switch
    {
        "bytes" => Bytes(number),
        "seconds" => Seconds(number),
        "share" => Share(number),
        "change" => Change(number),
        _ => Math.Abs(number) switch
        {
            0 => "0",
            >= 1e9 or < 1e-3 => Text($"{number:0.00e0}"),
            _ when number == Math.Floor(number) => Text($"{number:#,0}"),
            _ => Text($"{number:0.###}"),
        },
    };

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
