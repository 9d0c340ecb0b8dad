namespace MpcActors.Ring.Tests;

public sealed class SeedTests
{
    [Fact]
    public void Each_purpose_number_and_parent_gives_another_seed()
    {
        var seeds = new List<Seed>();
        foreach (var parent in new[] { Seed.Zero, Seed.FromNumber(1), Seed.FromNumber(2) })
            foreach (var purpose in new[] { "", "a", "b", "ab", "mask" })
                for (var number = 0UL; number < 5; number++)
                    seeds.Add(parent.Derive(purpose, number));
        Assert.Equal(seeds.Count, seeds.Distinct().Count());
    }

    [Fact]
    public void A_derivation_is_the_same_in_every_run()
    {
        Assert.Equal(Seed.FromNumber(3).Derive("x", 4), Seed.FromNumber(3).Derive("x", 4));
        Assert.NotEqual(Seed.Fresh(), Seed.Fresh());
    }

    [Fact]
    public void Bytes_make_the_seed_they_were_made_of()
    {
        var seed = Seed.FromNumber(9).Derive("bytes");
        var bytes = new byte[Seed.Bytes];
        seed.WriteTo(bytes);
        Assert.Equal(seed, Seed.FromBytes(bytes));
    }

    [Fact]
    public void Printing_a_seed_does_not_tell_it()
    {
        var seed = Seed.FromNumber(0xABCDEF);
        Assert.DoesNotContain("abcdef", seed.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(seed.ToString(), Seed.FromNumber(0xABCDEF).ToString());
    }
}
