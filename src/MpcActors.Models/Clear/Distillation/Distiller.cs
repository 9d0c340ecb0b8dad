using MpcActors.Data;
using MpcActors.Models.Clear.Training;

namespace MpcActors.Models.Clear.Distillation;

/// <summary>Where a distillation stands after a step.</summary>
/// <param name="Share">Of the work that is done, of one; a step of a layer alone costs less than one of the whole.</param>
/// <param name="Phase">What is trained: "layer 0", "layer 1", …, then "whole".</param>
/// <param name="Loss">1 − cosine of the batch in the whole phase, relative error of the layer's result in a local one.</param>
/// <param name="HeldOut">Mean 1 − cosine of the held-out texts when they were last looked at; null before.</param>
public sealed record DistillationProgress(int Step, int Steps, double Share, string Phase, double Loss, double? HeldOut);

/// <summary>
/// Teaches a model with another attention what its softmax teacher says, on unlabelled texts: each layer's attention alone first, then the
/// whole on embeddings and hidden states. Runs in the clear, at the model owner; a step depends on its number and the seed alone.
/// </summary>
public sealed class Distiller
{
    private const float LocalRate = 3;
    private const float FrequencyRate = 2;
    private const double WarmUp = 0.03;
    private const float LocalFloor = 0.05f;

    private readonly AdaptationSettings settings;
    private readonly TextSampler sampler;
    private readonly IReadOnlyList<int[]> heldOut;
    private readonly float[] heldOutTeacher;
    private readonly SingleEncoder teacher;
    private readonly SingleEncoder student;
    private readonly int[] phases;
    private SingleAdam? adam;
    private int phaseOfAdam = -1;

    /// <param name="texts">Token ids; at least as many as a batch.</param>
    /// <param name="heldOut">Looked at, never trained on.</param>
    /// <param name="start">An adapted model to go on from: its layers need no steps of their own. Null begins with the teacher.</param>
    public Distiller(UseLiteModel model, IReadOnlyList<int[]> texts, IReadOnlyList<int[]> heldOut, AdaptationSettings settings, UseLiteModel? start = null)
    {
        settings.Validate();
        if (texts.Count < settings.Batch || heldOut.Count == 0)
            throw new ArgumentException($"{texts.Count} texts to train on and {heldOut.Count} held out; at least {settings.Batch} and 1 are needed", nameof(texts));
        this.settings = settings;
        this.heldOut = [.. heldOut.Select(ids => ids[..Math.Min(ids.Length, settings.MaxTokens)])];
        sampler = new TextSampler(texts, settings);
        teacher = new SingleEncoder(model, TrainedAttention.Softmax);
        student = new SingleEncoder(start ?? StudentStart.Of(model, settings, this.heldOut), settings.Attention);
        heldOutTeacher = Agreement.Embeddings(teacher, this.heldOut);
        phases = [.. model.Layers.Select((_, layer) => start is null ? settings.LocalSteps(layer) : 0), settings.Steps];
        foreach (var tensor in student.Tensors) tensor.IsTrained = Trains(tensor.Name);
        Best = [.. student.Tensors.Where(tensor => tensor.IsTrained).Select(tensor => (float[])[.. tensor.Value])];
        // What training does not improve stays as it was.
        BestDistance = HeldOutDistance();
    }

    public int Steps => phases.Sum();

    /// <summary>Steps taken so far.</summary>
    public int Step { get; internal set; }

    public bool IsDone => Step == Steps || (settings.Patience is { } patience && Stale >= patience);

    /// <summary>Mean 1 − cosine of the held-out texts under the best weights so far, the first among them; the smaller the better.</summary>
    public double BestDistance { get; internal set; }

    /// <summary>Looks at the held-out texts since the best one.</summary>
    internal int Stale { get; set; }

    internal double? LastDistance { get; set; }

    internal IEnumerable<TrainableTensor> Trained => student.Tensors.Where(tensor => tensor.IsTrained);

    /// <summary>The trained tensors as they were when <see cref="BestDistance"/> was measured, in the order of <see cref="Trained"/>.</summary>
    internal float[][] Best { get; }

    /// <summary>Of the phase that <see cref="Step"/> is in; a phase begins with a fresh one.</summary>
    internal SingleAdam Adam
    {
        get
        {
            var (phase, _) = Phase(Step);
            if (phase == phaseOfAdam) return adam!;
            phaseOfAdam = phase;
            // A layer's own way back passes tensors that only the whole trains.
            foreach (var tensor in Trained) tensor.ClearGradient();
            return adam = new SingleAdam(Trained.Where(tensor => phase == phases.Length - 1 || IsOfLayer(tensor, phase)), new SingleAdamSettings());
        }
    }

    /// <summary>The student with its best weights.</summary>
    public UseLiteModel ToModel()
    {
        var tensors = student.ToModel().ToTensors().ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
        foreach (var (tensor, values) in Trained.Zip(Best)) tensors[tensor.Name] = new FloatTensor([.. values], tensor.Shape);
        return UseLiteModel.FromTensors(tensors, teacher.ToModel().Layers[0].Heads, "student");
    }

    /// <summary>What was trained, with the best weights: a patch for <see cref="UseLiteModel.ApplyPatch"/>.</summary>
    public IReadOnlyDictionary<string, FloatTensor> TrainedTensors()
    {
        var patch = Trained.Zip(Best).ToDictionary(pair => pair.First.Name, pair => new FloatTensor([.. pair.Second], pair.First.Shape), StringComparer.Ordinal);
        // Frequencies belong to queries and keys that were scaled for them, even where these were not trained.
        if (settings.Attention == TrainedAttention.RandomFeatures)
            foreach (var tensor in student.Tensors.Where(tensor => tensor.Name.Contains(".attn.", StringComparison.Ordinal)))
                patch.TryAdd(tensor.Name, new FloatTensor([.. tensor.Value], tensor.Shape));
        return patch;
    }

    public DistillationProgress Advance()
    {
        var (phase, at) = Phase(Step);
        var isWhole = phase == phases.Length - 1;
        var optimizer = Adam;
        var batch = sampler.Batch(Step);
        var loss = isWhole ? WholeStep(batch) : LocalStep(batch, phase);
        var rate = isWhole ? Rate(at, phases[phase], 0) : LocalRate * Rate(at, phases[phase], LocalFloor);
        optimizer.Step(tensor => IsFrequency(tensor.Name) ? FrequencyRate * rate : rate);
        Step++;
        if (isWhole && ((at + 1) % settings.CheckEvery == 0 || at + 1 == phases[phase])) LookAtHeldOut();
        return new(Step, Steps, Work(Step) / Work(Steps), isWhole ? "whole" : $"layer {phase}", loss, LastDistance);
    }

    /// <summary>Layer l alone costs about (l + 1)/(layers + 2) of a step of the whole.</summary>
    private double Work(int steps)
    {
        var work = 0.0;
        for (var phase = 0; phase < phases.Length; phase++)
        {
            var taken = Math.Min(steps, phases[phase]);
            work += taken * (phase == phases.Length - 1 ? 1 : (phase + 1.0) / (phases.Length + 1));
            steps -= taken;
        }

        return work;
    }

    private double WholeStep(int[][] batch)
    {
        var pass = student.Forward(batch);
        var (distance, embeddings, inner) = DistillationLoss.Of(pass, teacher.Forward(batch));
        student.Backward(pass, embeddings, inner);
        return distance;
    }

    private double LocalStep(int[][] batch, int layer)
    {
        var x = teacher.Rows(batch, out var lengths);
        for (var below = 0; below < layer; below++) x = teacher.Layers[below].Forward(x, lengths).Output!;
        var goal = teacher.Layers[layer].ForwardAttention(x, lengths).Middle;
        var trace = student.Layers[layer].ForwardAttention(x, lengths);
        var error = DistillationLoss.Relative(trace.Middle, goal, goal.Length / lengths.Sum(), 1, out var gradient);
        student.Layers[layer].BackwardAttention(trace, lengths, gradient, DistillationLoss.Denominators(trace.Attention), isInputWanted: false);
        return error;
    }

    private void LookAtHeldOut()
    {
        var distance = HeldOutDistance();
        LastDistance = distance;
        Stale++;
        if (!(distance < BestDistance)) return;
        (BestDistance, Stale) = (distance, 0);
        foreach (var (tensor, values) in Trained.Zip(Best)) tensor.Value.CopyTo(values, 0);
    }

    private float HeldOutDistance() => (float)Agreement.DistanceOf(Agreement.Embeddings(student, heldOut), heldOutTeacher, student.Width).Mean;

    /// <summary>A short rise, then half a cosine down to a share of the top.</summary>
    private float Rate(int at, int count, float floor)
    {
        var warmUp = Math.Max(1, WarmUp * count);
        if (at + 1 < warmUp) return settings.Rate * (float)((at + 1) / warmUp);
        var done = Math.Max(0, (at + 1 - warmUp) / Math.Max(1, count - warmUp));
        return settings.Rate * (float)(floor + (1 - floor) * 0.5 * (1 + Math.Cos(Math.PI * done)));
    }

    private (int Phase, int At) Phase(int step)
    {
        var phase = 0;
        while (phase < phases.Length - 1 && step >= phases[phase]) step -= phases[phase++];
        return (phase, step);
    }

    private bool Trains(string name) => settings.Part switch
    {
        TrainedPart.Features => IsFrequency(name),
        TrainedPart.Attention => IsFrequency(name) || name.Contains(".attn.", StringComparison.Ordinal) || name.EndsWith(".bias", StringComparison.Ordinal) || name.EndsWith(".scale", StringComparison.Ordinal),
        _ => name is not ("token_embedding" or "timing_inv"),
    };

    private static bool IsOfLayer(TrainableTensor tensor, int layer) =>
        tensor.Name.StartsWith($"rfa.{layer}.", StringComparison.Ordinal) || tensor.Name.StartsWith($"layer.{layer}.attn.", StringComparison.Ordinal)
        || tensor.Name.StartsWith($"layer.{layer}.ln1.", StringComparison.Ordinal);

    private static bool IsFrequency(string name) => name.StartsWith("rfa.", StringComparison.Ordinal);
}
