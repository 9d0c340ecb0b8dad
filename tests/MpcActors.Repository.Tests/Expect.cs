namespace MpcActors.Repository.Tests;

static class Expect
{
    /// <summary>Names all offenders, one a line.</summary>
    public static void None(IEnumerable<string> offenders)
    {
        var all = offenders.ToArray();
        Assert.True(all.Length == 0, string.Join('\n', all));
    }
}
