namespace MpcActors.Tuning;

/// <summary>
/// The data owner's loop (SecP-Tuning's forward-only tuning; black-box tuning, Sun et al., ICML 2022): it proposes latent prompts, has the
/// servers compute logits under them, and learns from the losses alone.
/// </summary>
/// <remarks>
/// <para>1. Unprompted logits of training and test texts: zero-shot, and class offsets fitted by the owner.</para>
/// <para>2. Each generation: the population's logits on the training texts in one batch; offsets refitted per prompt; mean cross-entropy.</para>
/// <para>3. At z = 0, every <see cref="TuningSettings.DevEvery"/> queries and at the end: the optimiser's mean on the development texts.
/// The best accuracy wins, of equal ones the smaller loss, then the earlier.</para>
/// <para>4. The selected prompt once on the test texts.</para>
/// Where only losses are revealed (<see cref="Reveal.Loss"/>), there are no logits to fit offsets to: 1 and 4 give accuracies, 2 losses, 3 both.
/// </remarks>
public sealed class ForwardOnlyTuning
{
    private readonly IForwardPass pass;
    private readonly TextSet train, dev, test;
    private readonly TuningSettings settings;
    private readonly TimeProvider clock;
    private readonly Action<TuningProgress>? progress;

    /// <param name="clock">For <see cref="TuningProgress.Elapsed"/> only.</param>
    /// <exception cref="ArgumentException">Settings that cannot be run, or training texts of one class only.</exception>
    public ForwardOnlyTuning(
        IForwardPass pass, TextSet train, TextSet dev, TextSet test, TuningSettings settings, TimeProvider clock, Action<TuningProgress>? progress = null)
    {
        settings.Validate();
        if (train.Labels.Distinct().Count() < 2)
            throw new ArgumentException($"the {train.Name} set has texts of one class only; tuning needs at least two", nameof(train));
        foreach (var set in new[] { dev, test })
            if (set.Labels.Length == 0)
                throw new ArgumentException($"the {set.Name} set is empty", nameof(dev));
        (this.pass, this.train, this.dev, this.test, this.settings, this.clock, this.progress) = (pass, train, dev, test, settings, clock, progress);
    }

    /// <summary>Runs to the end, or continues from a checkpoint and ends in the same bytes.</summary>
    /// <param name="checkpoint">File that is written after every generation; null keeps none.</param>
    /// <param name="resume">Continue from the file if it is there; otherwise an existing file is overwritten.</param>
    /// <exception cref="InvalidDataException">The checkpoint is damaged or belongs to other settings or data; the message says which.</exception>
    /// <exception cref="OperationCanceledException">Asked to stop; the checkpoint stands at the last whole generation.</exception>
    public async ValueTask<TuningResult> RunAsync(string? checkpoint = null, bool resume = false, CancellationToken cancellation = default)
    {
        var started = clock.GetTimestamp();
        var facts = settings.FactsWith(train, dev, test);
        var state = new TuningState(settings.Start());
        if (!resume || checkpoint is null || !state.TryRead(checkpoint, facts))
            await Begin(state, cancellation);

        Report();
        while (!IsFinished(state))
        {
            await Generation(state, cancellation);
            if (checkpoint is not null)
                state.Write(checkpoint, facts);
            Report();
        }

        cancellation.ThrowIfCancellationRequested();
        var (testLogits, tuned) = (new double[0, 0], 0.0);
        if (settings.Reveal == Reveal.Loss)
            tuned = (await pass.Losses(test, [state.BestLatent], measuresAccuracy: true))[0].Accuracy!.Value;
        else
            tuned = Classification.Accuracy(testLogits = (await pass.Logits(test, [state.BestLatent]))[0], test.Labels, state.BestOffsets);
        return new TuningResult(
            state.BestLatent,
            state.BestOffsets,
            state.ZeroShot,
            settings.Reveal == Reveal.Loss ? null : Classification.Accuracy(state.ZeroShotTestLogits, test.Labels, state.BaselineOffsets),
            tuned,
            state.Queries,
            state.Losses,
            state.Checks,
            state.BestCheck,
            state.ZeroShotTestLogits,
            testLogits);

        void Report() => progress?.Invoke(new TuningProgress(
            state.Queries,
            settings.Generations * settings.Population,
            state.Losses.Append(state.Checks[0].TrainLoss).Min(),
            state.Checks[^1].DevAccuracy,
            clock.GetElapsedTime(started)));
    }

    private async ValueTask Begin(TuningState state, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (settings.Reveal == Reveal.Loss)
        {
            state.ZeroShot = (await pass.Losses(test, [null], measuresAccuracy: true))[0].Accuracy!.Value;
        }
        else
        {
            // Offsets are always fitted here, since zero-shot with offsets is what any tuning has to be compared with.
            state.BaselineOffsets = ClassOffsets.Fit((await pass.Logits(train, [null]))[0], train.Labels);
            cancellation.ThrowIfCancellationRequested();
            state.ZeroShotTestLogits = (await pass.Logits(test, [null]))[0];
            state.ZeroShot = Classification.Accuracy(state.ZeroShotTestLogits, test.Labels, new double[state.BaselineOffsets.Length]);
        }

        await Check(state, cancellation);
    }

    private async ValueTask Generation(TuningState state, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var population = state.Optimizer.Ask();
        double[] losses = [.. (await Scores(population)).Select(score => score.Loss)];
        state.Optimizer.Tell(losses);
        state.Losses.Add(losses.Min());
        var before = state.Queries;
        state.Queries += settings.Population;
        if (state.Queries / settings.DevEvery > before / settings.DevEvery || state.Losses.Count == settings.Generations)
            await Check(state, cancellation);
    }

    private async ValueTask Check(TuningState state, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var mean = state.Optimizer.Mean;
        var (trainLoss, offsets) = (await Scores([mean]))[0];
        cancellation.ThrowIfCancellationRequested();
        var (devLoss, devAccuracy) = await OfDev(mean, offsets);
        var check = new DevCheck(state.Queries, trainLoss, devAccuracy, devLoss);
        state.Checks.Add(check);
        if (state.Checks.Count > 1 && !IsBetter(check, state.Checks[state.BestCheck]))
            return;
        (state.BestCheck, state.BestLatent, state.BestOffsets) = (state.Checks.Count - 1, mean, offsets);
    }

    private static bool IsBetter(DevCheck check, DevCheck best) =>
        check.DevAccuracy > best.DevAccuracy || (check.DevAccuracy == best.DevAccuracy && check.DevLoss < best.DevLoss);

    private async ValueTask<(double Loss, double[] Offsets)[]> Scores(IReadOnlyList<double[]> latents)
    {
        if (settings.Reveal == Reveal.Loss)
            return [.. (await pass.Losses(train, latents, measuresAccuracy: false)).Select(revealed => (revealed.Loss, Array.Empty<double>()))];
        return [.. (await pass.Logits(train, latents)).Select(Score)];

        (double, double[]) Score(double[,] logits)
        {
            var offsets = settings.FitOffsets ? ClassOffsets.Fit(logits, train.Labels) : new double[logits.GetLength(1)];
            return (Classification.CrossEntropy(logits, train.Labels, offsets), offsets);
        }
    }

    private async ValueTask<(double Loss, double Accuracy)> OfDev(double[] latent, double[] offsets)
    {
        if (settings.Reveal == Reveal.Loss)
        {
            var revealed = (await pass.Losses(dev, [latent], measuresAccuracy: true))[0];
            return (revealed.Loss, revealed.Accuracy!.Value);
        }

        var logits = (await pass.Logits(dev, [latent]))[0];
        return (Classification.CrossEntropy(logits, dev.Labels, offsets), Classification.Accuracy(logits, dev.Labels, offsets));
    }

    private bool IsFinished(TuningState state) =>
        state.Losses.Count >= settings.Generations || (settings.Patience is { } patience && state.Checks.Count - 1 - state.BestCheck >= patience);
}
