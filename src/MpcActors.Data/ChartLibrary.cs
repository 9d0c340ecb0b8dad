namespace MpcActors.Data;

/// <summary>Apache ECharts, which draws the charts of a report: one script, fetched once, put into each page.</summary>
public static class ChartLibrary
{
    const string Script = "echarts.min.js";

    static readonly CachedPackage Package = new(
        "Apache ECharts (10 MB)",
        "echarts@5.6.0",
        "e1b82487dd7f8d9f0438eec1f1433051148e0095ac7a15d4db890afda45cf610",
        "echarts-5.6.0",
        new Dictionary<string, string> { [Script] = "bf4a223524e40b77c304bec67e1222cf551f14880cf42c69dc046558e11c07b1" },
        package => new Dictionary<string, byte[]> { [Script] = package["package/dist/echarts.min.js"] });

    /// <summary>The script, fetched first if it is not in the cache.</summary>
    /// <exception cref="MissingResourceException">It is not there and cannot be fetched.</exception>
    public static async Task<string> EnsureAsync(ModelCache cache, IProgress<string>? progress = null, CancellationToken token = default) =>
        Text(await cache.EnsureAsync(Package, progress, token));

    /// <summary>The script if it is in the cache, or null.</summary>
    public static async Task<string?> FindAsync(ModelCache cache, CancellationToken token = default) =>
        await cache.FindAsync(Package, token) is { } files ? Text(files) : null;

    static string Text(IReadOnlyDictionary<string, byte[]> files) => System.Text.Encoding.UTF8.GetString(files[Script]);
}
