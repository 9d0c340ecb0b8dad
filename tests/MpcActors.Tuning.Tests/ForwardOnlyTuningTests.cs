namespace MpcActors.Tuning.Tests;

public sealed class ForwardOnlyTuningTests : IDisposable
{
    private static readonly TextSet Train = ToyPass.Set("train", 32, 1), Dev = ToyPass.Set("dev", 32, 2), Test = ToyPass.Set("test", 200, 3);

    private static readonly TuningSettings Settings = new() { LatentDimension = ToyPass.Latent, Population = 8, Queries = 120, DevEvery = 30, Seed = 4 };

    private readonly string folder = Directory.CreateTempSubdirectory("tuning-").FullName;

    private string Checkpoint => Path.Combine(folder, "run.checkpoint");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(OptimizerKind.Cma)]
    [InlineData(OptimizerKind.Nes)]
    [InlineData(OptimizerKind.Spsa)]
    [InlineData(OptimizerKind.RandomSearch)]
    public async Task Tuning_lowers_the_loss_and_helps_on_unseen_texts(OptimizerKind optimizer)
    {
        var result = await Run(new ToyPass(), Settings with { Optimizer = optimizer });
        Assert.True(result.Losses.Min() < 0.8 * result.Checks[0].TrainLoss);
        Assert.True(result.Tuned > result.ZeroShotWithOffsets + 0.1, $"tuned {result.Tuned}, zero-shot with offsets {result.ZeroShotWithOffsets}");
        Assert.Equal(120, result.Queries);
        Assert.Equal(15, result.Losses.Count);
        Assert.Equal(Classification.Accuracy(result.TestLogits, Test.Labels, result.Offsets), result.Tuned);
    }

    [Fact]
    public async Task Queries_are_batches_of_the_population_and_the_test_set_is_asked_for_once_with_a_prompt()
    {
        var pass = new ToyPass();
        var result = await Run(pass, Settings);

        Assert.Equal(15, pass.Asked.Count(asked => asked == ("train", 8)));
        Assert.Equal([("train", 1), ("test", 1), ("train", 1), ("dev", 1)], pass.Asked.Take(4));
        Assert.Equal(("test", 1), pass.Asked[^1]);
        Assert.Equal(2, pass.Asked.Count(asked => asked.Set == "test"));

        // 30, 60, 90 and 120 queries fall within generations of 8: checks come after the generation that reaches them.
        Assert.Equal([0, 32, 64, 96, 120], result.Checks.Select(check => check.Queries));
        var best = result.Checks.MaxBy(check => check.DevAccuracy)!.DevAccuracy;
        var selected = result.Checks[result.Selected];
        Assert.Equal(best, selected.DevAccuracy);
        Assert.Equal(result.Checks.Where(check => check.DevAccuracy == best).Min(check => check.DevLoss), selected.DevLoss);
    }

    [Fact]
    public async Task By_losses_alone_it_learns_without_offsets_and_says_that_there_are_none()
    {
        var result = await Run(new ToyPass(), Settings with { Reveal = Reveal.Loss, FitOffsets = false });
        Assert.True(result.Losses.Min() < 0.8 * result.Checks[0].TrainLoss);
        Assert.True(result.Tuned > result.ZeroShot + 0.1, $"tuned {result.Tuned}, zero-shot {result.ZeroShot}");
        Assert.Null(result.ZeroShotWithOffsets);
        Assert.Empty(result.Offsets);
        Assert.Empty(result.TestLogits);
        Assert.Empty(result.ZeroShotTestLogits);

        var withOpenLogits = await Run(new ToyPass(), Settings with { FitOffsets = false });
        Assert.Equal(withOpenLogits.Latent, result.Latent);
        Assert.Equal((withOpenLogits.Tuned, withOpenLogits.ZeroShot), (result.Tuned, result.ZeroShot));
    }

    [Fact]
    public async Task Early_stopping_ends_after_that_many_checks_without_improvement()
    {
        var result = await Run(new ToyPass(), Settings with { Queries = 4_000, DevEvery = 8, Patience = 3 });
        Assert.True(result.Queries < 4_000);
        Assert.Equal(result.Selected, result.Checks.Count - 1 - 3);
    }

    [Theory]
    [InlineData(Reveal.Logits)]
    [InlineData(Reveal.Loss)]
    public async Task A_run_killed_before_any_pass_and_resumed_ends_in_the_same_bytes(Reveal reveal)
    {
        var settings = Settings with { Reveal = reveal, FitOffsets = reveal == Reveal.Logits };
        var whole = new ToyPass();
        var expected = await Run(whole, settings, Checkpoint);
        var bytes = await File.ReadAllBytesAsync(Checkpoint);

        for (var kill = 0; kill < whole.Asked.Count; kill++)
        {
            File.Delete(Checkpoint);
            using var stop = new CancellationTokenSource();
            var killed = new ToyPass { Before = number => { if (number == kill) { stop.Cancel(); stop.Token.ThrowIfCancellationRequested(); } } };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Tuning(killed, settings).RunAsync(Checkpoint, resume: true, stop.Token));

            var resumed = new ToyPass();
            var result = await Tuning(resumed, settings).RunAsync(Checkpoint, resume: true);

            Assert.Equal(bytes, await File.ReadAllBytesAsync(Checkpoint));
            Assert.Equal(expected.Latent, result.Latent);
            Assert.Equal(expected.Offsets, result.Offsets);
            Assert.Equal(expected.TestLogits, result.TestLogits);
            Assert.Equal(expected.Losses, result.Losses);
            Assert.Equal(expected.Checks, result.Checks);
            Assert.Equal((expected.ZeroShot, expected.ZeroShotWithOffsets, expected.Tuned, expected.Queries), (result.ZeroShot, result.ZeroShotWithOffsets, result.Tuned, result.Queries));

            // Whole generations are not repeated.
            Assert.True(resumed.Asked.Count(asked => asked.Prompts == 8) <= 15 - killed.Asked.Count(asked => asked.Prompts == 8) + 1);
        }
    }

    [Fact]
    public async Task A_damaged_checkpoint_is_refused_whichever_byte_changed()
    {
        await Run(new ToyPass(), Settings, Checkpoint);
        var bytes = await File.ReadAllBytesAsync(Checkpoint);
        for (var i = 0; i < bytes.Length; i += 1 + bytes.Length / 60)
        {
            var damaged = bytes.ToArray();
            damaged[i] ^= 4;
            await Refused(damaged, Checkpoint);
        }

        await Refused(bytes[..^1], "damaged");
        await Refused(bytes[..20], "not a tuning checkpoint");
        await Refused([], "not a tuning checkpoint");
        await Refused([.. bytes, 0], "damaged");
    }

    [Fact]
    public async Task A_checkpoint_of_other_settings_or_data_is_refused()
    {
        await Run(new ToyPass(), Settings, Checkpoint);
        foreach (var other in new[] { Settings with { Seed = 5 }, Settings with { Sigma = 2 }, Settings with { Setup = "another model" } })
        {
            var error = await Assert.ThrowsAsync<InvalidDataException>(async () => await Tuning(new ToyPass(), other).RunAsync(Checkpoint, resume: true));
            Assert.Contains("other settings", error.Message, StringComparison.Ordinal);
        }

        var foreign = new ForwardOnlyTuning(new ToyPass(), ToyPass.Set("train", 32, 9), Dev, Test, Settings, TimeProvider.System);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await foreign.RunAsync(Checkpoint, resume: true));
    }

    /// <summary>A party's shares of a large model are more than an array can hold.</summary>
    [Fact]
    public async Task A_file_beyond_two_gibibytes_is_read_as_any_other()
    {
        await using (var file = File.Create(Checkpoint)) file.SetLength((1L << 31) + 100);

        var error = Assert.Throws<InvalidDataException>(() => TuningCheckpoint.TryRead(Checkpoint, [], _ => { }));

        Assert.Contains("is not a tuning checkpoint", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_other_than_in_a_checkpoint_is_named_labels_and_texts_too()
    {
        var settings = Settings with { Labels = "bad, good" };
        await Run(new ToyPass(), settings, Checkpoint);

        var labels = await Refusal(settings with { Labels = "poor, great" }, Train, Dev);
        Assert.Contains("its list of labels is bad, good, and poor, great is asked for", labels, StringComparison.Ordinal);
        Assert.Contains("its hash of the dev texts", await Refusal(settings, Train, ToyPass.Set("dev", 32, 9)), StringComparison.Ordinal);
        Assert.Contains("its hash of the train texts", await Refusal(settings, new("train", Train.Batch, [.. Train.Labels.Reverse()]), Dev), StringComparison.Ordinal);
        Assert.Contains("its step size is 1, and 2 is asked for", await Refusal(settings with { Sigma = 2 }, Train, Dev), StringComparison.Ordinal);

        async Task<string> Refusal(TuningSettings other, TextSet train, TextSet dev) => (await Assert.ThrowsAsync<InvalidDataException>(async () =>
            await new ForwardOnlyTuning(new ToyPass(), train, dev, Test, other, TimeProvider.System).RunAsync(Checkpoint, resume: true))).Message;
    }

    [Fact]
    public void Other_labels_and_other_texts_are_other_facts_so_that_a_session_has_another_name_and_other_masks()
    {
        var facts = (Settings with { Labels = "bad, good" }).FactsWith(Train, Dev, Test).Hash();

        Assert.Equal(facts, (Settings with { Labels = "bad, good" }).FactsWith(Train, Dev, Test).Hash());
        Assert.NotEqual(facts, (Settings with { Labels = "good, bad" }).FactsWith(Train, Dev, Test).Hash());
        Assert.NotEqual(facts, (Settings with { Labels = "bad, good" }).FactsWith(new("train", Train.Batch, [.. Train.Labels.Reverse()]), Dev, Test).Hash());
    }

    [Fact]
    public async Task Progress_is_told_after_every_generation()
    {
        var seen = new List<TuningProgress>();
        await new ForwardOnlyTuning(new ToyPass(), Train, Dev, Test, Settings, TimeProvider.System, seen.Add).RunAsync();
        Assert.Equal(Enumerable.Range(0, 16).Select(generation => 8 * generation), seen.Select(progress => progress.Queries));
        Assert.All(seen, progress => Assert.Equal(120, progress.Budget));
        Assert.Equal(seen.Select(progress => progress.BestLoss).OrderDescending(), seen.Select(progress => progress.BestLoss));
    }

    [Fact]
    public void Settings_that_cannot_be_run_say_why()
    {
        Assert.Contains("5 queries", Assert.Throws<ArgumentException>(() => Tuning(new ToyPass(), Settings with { Queries = 5 })).Message, StringComparison.Ordinal);
        foreach (var pairwise in new[] { OptimizerKind.Nes, OptimizerKind.Spsa })
            Assert.Contains("must be even", Assert.Throws<ArgumentException>(() => Tuning(new ToyPass(), Settings with { Optimizer = pairwise, Population = 7 })).Message, StringComparison.Ordinal);
        Assert.Contains("switch them off", Assert.Throws<ArgumentException>(() => Tuning(new ToyPass(), Settings with { Reveal = Reveal.Loss })).Message, StringComparison.Ordinal);
        Assert.Contains("patience", Assert.Throws<ArgumentException>(() => Tuning(new ToyPass(), Settings with { Patience = 0 })).Message, StringComparison.Ordinal);
        var oneClass = new TextSet("train", Train.Batch, new int[32]);
        Assert.Contains("one class", Assert.Throws<ArgumentException>(() => new ForwardOnlyTuning(new ToyPass(), oneClass, Dev, Test, Settings, TimeProvider.System)).Message, StringComparison.Ordinal);
    }

    private async Task Refused(byte[] file, string message)
    {
        await File.WriteAllBytesAsync(Checkpoint, file);
        var error = await Assert.ThrowsAsync<InvalidDataException>(async () => await Tuning(new ToyPass(), Settings).RunAsync(Checkpoint, resume: true));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static ForwardOnlyTuning Tuning(ToyPass pass, TuningSettings settings) => new(pass, Train, Dev, Test, settings, TimeProvider.System);

    private static async Task<TuningResult> Run(ToyPass pass, TuningSettings settings, string? checkpoint = null) =>
        await Tuning(pass, settings).RunAsync(checkpoint);
}
