using MpcActors.Ring;

namespace MpcActors.Fss.Tests;

/// <summary>What one party holds looks the same whatever the function.</summary>
public sealed class SecrecyTests
{
    const int Count = 4096;

    public static TheoryData<FssFunction, FssPayload> Forms => new()
    {
        { FssFunction.Point, FssPayload.Bit },
        { FssFunction.Point, FssPayload.Word },
        { FssFunction.Comparison, FssPayload.Bit },
        { FssFunction.Comparison, FssPayload.Word },
    };

    [Theory, MemberData(nameof(Forms))]
    public void No_bit_of_a_key_leans_to_a_side(FssFunction function, FssPayload payload)
    {
        foreach (var (alpha, beta) in new[] { (0UL, 0UL), (0xffffUL, 1UL), (0x1234UL, 1UL) })
        {
            var keys = Of(new(function, 16, payload), alpha, beta);
            foreach (var party in new[] { keys.Zero, keys.One })
            {
                var words = Words(party);
                for (var word = 0; word < words[0].Length; word++)
                    for (var bit = 0; bit < 64; bit++)
                    {
                        var ones = words.Sum(key => (int)(key[word] >> bit & 1));
                        Assert.InRange(Deviation(ones), -6, 6);
                    }
            }
        }
    }

    /// <summary>Corrections leave the dealer in memory that held something else before.</summary>
    [Theory, MemberData(nameof(Forms))]
    public void Nothing_stays_of_what_the_memory_of_corrections_held(FssFunction function, FssPayload payload)
    {
        const int raggedCount = Count + 77;
        var form = new KeyForm(function, 16, payload);
        var alphas = Keys.Uniform(1, raggedCount, 16);
        ulong[] Corrections(ulong held)
        {
            var memory = new ulong[raggedCount * (form.CorrectionBits / 64)];
            memory.AsSpan().Fill(held);
            WordPool.Return(memory);
            var corrections = FssKeys.Corrections(
                form, alphas, Keys.Betas(form, 2, raggedCount), Keys.Uniform(3, 2 * raggedCount), Keys.Uniform(4, 2 * raggedCount), Keys.Duals(form, 5, raggedCount));
            Assert.Same(memory, corrections);
            return corrections;
        }

        Assert.Equal(Corrections(0), Corrections(ulong.MaxValue));
    }

    [Theory, MemberData(nameof(Forms))]
    public void The_bytes_of_keys_to_two_functions_have_one_distribution(FssFunction function, FssPayload payload)
    {
        var form = new KeyForm(function, 16, payload);
        var (left, right) = (Histogram(Of(form, 3, 1).One), Histogram(Of(form, 0xfff0, 0).One));
        var chiSquared = 0.0;
        for (var i = 0; i < 256; i++)
        {
            var sum = left[i] + right[i];
            var difference = left[i] - right[i];
            chiSquared += (double)difference * difference / sum;
        }

        // 255 degrees of freedom; a false alarm has a chance of about 10⁻⁶.
        Assert.InRange(chiSquared, 150, 377);
    }

    [Theory, MemberData(nameof(Forms))]
    public void What_a_party_evaluates_leans_to_no_side_at_the_secret_point_either(FssFunction function, FssPayload payload)
    {
        var form = new KeyForm(function, 16, payload);
        var keys = Of(form, 0x0ff0, 1);
        foreach (var x in new ulong[] { 0x0ff0, 0x0fef, 0x0ff1, 0, 0xffff })
        {
            var result = new ulong[Count];
            keys.Zero.Evaluate(Enumerable.Repeat(x, Count).ToArray(), result);
            for (var bit = 0; bit < (payload == FssPayload.Bit ? 1 : 64); bit++)
                Assert.InRange(Deviation(result.Sum(share => (int)(share >> bit & 1))), -6, 6);
        }
    }

    static (FssKeys Zero, FssKeys One) Of(KeyForm form, ulong alpha, ulong beta) => FssKeys.Generate(
        form, [.. Enumerable.Repeat(alpha, Count)], form is { Function: FssFunction.Comparison, Payload: FssPayload.Bit } ? [] : [.. Enumerable.Repeat(beta, Count)],
        Seed.FromNumber(alpha).Derive("secrecy"));

    static double Deviation(int ones) => (ones - Count / 2.0) / Math.Sqrt(Count / 4.0);

    /// <summary>Root and corrections key by key, out of the layout of tiles.</summary>
    static ulong[][] Words(FssKeys keys)
    {
        var (form, tile) = (keys.Form, FssKeys.TileKeys);
        var words = new ulong[Count][];
        for (var key = 0; key < Count; key++)
        {
            var lane = key % tile;
            var corrections = keys.CorrectionWords.Slice((key - lane) * form.CorrectionWords, tile * form.CorrectionWords);
            var word = new List<ulong> { keys.Roots[2 * key], keys.Roots[2 * key + 1] };
            for (var level = 0; level < form.Levels; level++)
            {
                word.Add(corrections[2 * lane]);
                word.Add(corrections[2 * lane + 1]);
                if (form.HasValues) word.Add(corrections[2 * tile + lane]);
                corrections = corrections[(form.LevelWords * tile)..];
            }

            for (var place = 0; place < form.LeafWords; place++)
                word.Add(form.Payload == FssPayload.Bit ? corrections[2 * lane + place] : corrections[place * tile + lane]);
            words[key] = [.. word];
        }

        return words;
    }

    static int[] Histogram(FssKeys keys)
    {
        var counts = new int[256];
        foreach (var word in keys.CorrectionWords)
            for (var shift = 0; shift < 64; shift += 8) counts[(int)(word >> shift) & 0xff]++;
        return counts;
    }
}
