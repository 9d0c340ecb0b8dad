namespace MpcActors.Tuning.Gradients;

/// <summary>A look at the development texts after so many steps.</summary>
public sealed record StepCheck(int Steps, double DevAccuracy, double DevLoss);

/// <summary>Where a training stands, for display; elapsed time decides nothing.</summary>
/// <param name="Loss">Of the last batch, before its step.</param>
public sealed record GradientProgress(int Steps, int Budget, double? Loss, StepCheck LastCheck, TimeSpan Elapsed);

/// <summary>What a training came to, and what it is to be compared with: the model as it was, and that with the owner's class offsets.</summary>
/// <param name="Tuned">Test accuracy after the last step, without offsets.</param>
/// <param name="Losses">Of each step's batch, before the step.</param>
/// <param name="Checks">The first is before any step, the last after all.</param>
/// <param name="ZeroShotTestLogits">[texts, classes].</param>
/// <param name="TestLogits">[texts, classes], after the last step.</param>
public sealed record GradientResult(
    double ZeroShot, double ZeroShotWithOffsets, double Tuned, IReadOnlyList<double> Losses, IReadOnlyList<StepCheck> Checks, double[,] ZeroShotTestLogits, double[,] TestLogits);

/// <summary>The data owner's loop in training by gradients, on shares or in the clear: batch after batch, and now and then a look at the development texts.</summary>
/// <remarks>
/// <para>1. Before any step: logits of training, development and test texts, for zero-shot and class offsets.</para>
/// <para>2. Each step: the batch's logits, whose loss the owner sees. Every <see cref="GradientSettings.CheckEvery"/> steps and at the end: the development texts.</para>
/// <para>3. After the last step the test texts, once. Nothing is selected: what was trained is what the last step made.</para>
/// </remarks>
public sealed class GradientTuning
{
    readonly IGradientPass _pass;
    readonly TrainingSet _train, _dev, _test;
    readonly GradientSettings _settings;
    readonly TimeProvider _clock;
    readonly Action<GradientProgress>? _progress;

    /// <param name="clock">For <see cref="GradientProgress.Elapsed"/> only.</param>
    /// <exception cref="ArgumentException">Settings that cannot be run, or training texts of one class only.</exception>
    public GradientTuning(IGradientPass pass, TrainingSet train, TrainingSet dev, TrainingSet test, GradientSettings settings, TimeProvider clock, Action<GradientProgress>? progress = null)
    {
        settings.Validate();
        if (train.Texts.Labels.Distinct().Count() < 2)
            throw new ArgumentException($"the {train.Texts.Name} set has texts of one class only; training needs at least two", nameof(train));
        foreach (var set in new[] { dev, test })
            if (set.Count == 0) throw new ArgumentException($"the {set.Texts.Name} set is empty", nameof(dev));
        (_pass, _train, _dev, _test, _settings, _clock, _progress) = (pass, train, dev, test, settings, clock, progress);
    }

    /// <summary>Runs to the end, or goes on from the last state that was kept and ends in the same bytes.</summary>
    /// <param name="checkpoint">File that is written whenever a state is kept; null keeps none.</param>
    /// <param name="resume">Go on from the file if it is there; otherwise an existing file is overwritten.</param>
    /// <exception cref="InvalidDataException">The checkpoint is damaged or belongs to other settings or data; the message says which.</exception>
    /// <exception cref="OperationCanceledException">Asked to stop; the checkpoint stands at the last state that was kept.</exception>
    public async ValueTask<GradientResult> RunAsync(string? checkpoint = null, bool resume = false, CancellationToken cancellation = default)
    {
        var (started, facts) = (_clock.GetTimestamp(), _settings.FactsWith(_train, _dev, _test));
        var state = resume && checkpoint is not null ? GradientState.Read(checkpoint, facts, _settings.Steps) : null;
        _pass.Begin(state?.Losses.Count ?? 0);
        state ??= await Start(cancellation);
        Report();
        while (state.Losses.Count < _settings.Steps)
        {
            cancellation.ThrowIfCancellationRequested();
            await Step(state);
            var steps = state.Losses.Count;
            if (steps % _settings.CheckEvery == 0 || steps == _settings.Steps) state.Checks.Add(await Check(steps));
            if (checkpoint is not null && _settings.States.AreKeptAfter(steps)) state.Write(checkpoint, facts);
            Report();
        }

        cancellation.ThrowIfCancellationRequested();
        var logits = await _pass.Logits(_settings.Steps, _test);
        var (labels, none) = (_test.Texts.Labels, new double[logits.GetLength(1)]);
        return new(
            Classification.Accuracy(state.ZeroShotTestLogits, labels, none), Classification.Accuracy(state.ZeroShotTestLogits, labels, state.Offsets), Classification.Accuracy(logits, labels, none),
            state.Losses, state.Checks, state.ZeroShotTestLogits, logits);

        void Report() => _progress?.Invoke(new(state.Losses.Count, _settings.Steps, state.Losses.Count > 0 ? state.Losses[^1] : null, state.Checks[^1], _clock.GetElapsedTime(started)));
    }

    async ValueTask<GradientState> Start(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var offsets = ClassOffsets.Fit(await _pass.Logits(0, _train), _train.Texts.Labels);
        cancellation.ThrowIfCancellationRequested();
        var test = await _pass.Logits(0, _test);
        return new(offsets, test, [], [await Check(0)]);
    }

    async ValueTask Step(GradientState state)
    {
        var step = state.Losses.Count;
        var batch = _train.Pick(_settings.Batch(step, _train.Count));
        state.Losses.Add(await _pass.Step(step, _settings.RateAt(step), batch));
    }

    async ValueTask<StepCheck> Check(int steps)
    {
        var logits = await _pass.Logits(steps, _dev);
        var (labels, none) = (_dev.Texts.Labels, new double[logits.GetLength(1)]);
        return new(steps, Classification.Accuracy(logits, labels, none), Classification.CrossEntropy(logits, labels, none));
    }

    /// <summary>After how many steps a run would go on from a file; 0 where there is none.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or belongs to other settings or data; the message says which.</exception>
    public static int StepsIn(string checkpoint, GradientSettings settings, params ReadOnlySpan<TrainingSet> sets) =>
        GradientState.Read(checkpoint, settings.FactsWith(sets), settings.Steps)?.Losses.Count ?? 0;
}
