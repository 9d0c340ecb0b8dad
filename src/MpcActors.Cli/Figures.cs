using System.Globalization;

namespace MpcActors.Cli;

/// <summary>How tables for people write what they count and measure.</summary>
static class Figures
{
    public static string Share(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    public static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Seconds(double value) => value.ToString(value < 10 ? "0.00 s" : "0.0 s", CultureInfo.InvariantCulture);

    public static string Bytes(long[] parties) => string.Join(" / ", parties.Select(bytes => Bytes(bytes)));

    public static string Bytes(double bytes) => bytes switch
    {
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes:0} B"),
        < 10_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
    };
}
