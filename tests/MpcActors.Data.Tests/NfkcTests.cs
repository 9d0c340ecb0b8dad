using System.Globalization;

namespace MpcActors.Data.Tests;

public sealed class NfkcTests
{
    [Fact]
    public void Random_strings_normalise_as_in_an_independent_implementation()
    {
        // 1,512 strings of compatibility characters, marks, composites and jamo, with what Python's unicodedata makes of them.
        var pairs = Fixture.Read<string[][]>("nfkc.json.gz");
        Assert.Equal(1512, pairs.Length);
        Assert.All(pairs, pair => Assert.Equal(pair[1], Nfkc.Normalize(pair[0])));
        Assert.Equal(669, pairs.Count(pair => pair[0] != pair[1]));
    }

    [Fact]
    public void A_lone_surrogate_is_kept()
        => Assert.Equal("\ud83d\ufb01".Replace("\ufb01", "fi", StringComparison.Ordinal), Nfkc.Normalize("\ud83d\ufb01"));

    [Fact]
    public void The_runtime_is_in_the_mode_that_makes_an_own_table_necessary()
        => Assert.True(AppContext.TryGetSwitch("System.Globalization.Invariant", out var invariant) && invariant, CultureInfo.CurrentCulture.Name);
}
