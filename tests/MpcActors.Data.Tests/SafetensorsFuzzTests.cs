using System.Globalization;

namespace MpcActors.Data.Tests;

/// <summary>Seeded mutations of a model file. MPC_ACTORS_FUZZ sets how many.</summary>
public sealed class SafetensorsFuzzTests
{
    static readonly int Count = int.TryParse(Environment.GetEnvironmentVariable("MPC_ACTORS_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 20_000;

    [Fact]
    public void Mutilated_files_are_read_or_refused_and_nothing_else()
    {
        using var whole = new MemoryStream();
        Safetensors.Write(whole, new Dictionary<string, FloatTensor> { ["weight"] = new([1, 2, 3, 4, 5, 6], [2, 3]), ["bias"] = new([7, 8], [2]) });
        var original = whole.ToArray();
        var (read, refused) = (0, 0);
        for (var i = 0; i < Count; i++)
        {
            var random = new Random(i);
            var bytes = original.ToList();
            for (var change = random.Next(1, 5); change > 0 && bytes.Count > 0; change--)
            {
                var at = random.Next(bytes.Count);
                if (random.Next(8) == 0) bytes.RemoveRange(at, random.Next(bytes.Count - at));
                else if (random.Next(4) == 0) bytes.Insert(at, (byte)"0123456789-{}[]\",:"[random.Next(18)]);
                else bytes[at] = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)"0123456789-{}[]\",:"[random.Next(18)];
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using var stream = new MemoryStream([.. bytes]);
                _ = Safetensors.Read(stream, "fuzzed");
                read++;
            }
            catch (InvalidDataException)
            {
                refused++;
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20, $"seed {i}");
        }

        Assert.True(read > 0 && refused > 0, $"{read} read, {refused} refused");
    }
}
