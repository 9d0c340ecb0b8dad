namespace MpcActors.Cli;

/// <summary>What <c>adapt</c> came to.</summary>
sealed record AdaptReport : Report
{
    public required string Model { get; init; }

    public required string Attention { get; init; }

    /// <summary>features, attention or all.</summary>
    public required string Train { get; init; }

    /// <summary>Frequencies a head; null for other attentions.</summary>
    public int? Features { get; init; }

    public required AdaptEffort Effort { get; init; }

    /// <summary>Where the text comes from, with the number of sentences before doubles were left out.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>On texts that were held out: the model before, the one that is shipped (where there is one of this kind), the adapted one.</summary>
    public required IReadOnlyDictionary<string, HeldOutAgreement> HeldOut { get; init; }

    /// <summary>Test texts of tasks; nothing of them was trained on.</summary>
    public required IReadOnlyList<AdaptTask> Tasks { get; init; }

    public required IReadOnlyList<AdaptPoint> Curve { get; init; }

    /// <summary>SHA-256 of the patch.</summary>
    public required string Patch { get; init; }

    public required long PatchBytes { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }
}

/// <param name="CpuSeconds">Of all cores, training alone; null where the run was resumed, since what came before is not known.</param>
sealed record AdaptEffort(int Steps, int Planned, int Batch, int Texts, int HeldOutTexts, double? CpuSeconds, double? Seconds);

/// <param name="Distance">Mean 1 − cosine between the embeddings of this model and of the softmax model.</param>
/// <param name="WorstTwentieth">The 95th percentile of that.</param>
/// <param name="HiddenErrors">Relative squared error after attention and after feed-forward, layer by layer.</param>
/// <param name="BelowFloor">Share of attention denominators below the floor, per layer.</param>
/// <param name="LargestPhase">Radians, per layer.</param>
sealed record HeldOutAgreement(double Distance, double WorstTwentieth, double[][] HiddenErrors, IReadOnlyList<double> BelowFloor, IReadOnlyList<double> LargestPhase);

/// <param name="Of">By model: "softmax", "before", "shipped", "adapted".</param>
sealed record AdaptTask(string Name, int Texts, IReadOnlyDictionary<string, TaskAgreement> Of);

/// <param name="Cosine">Mean cosine with the softmax model's embeddings.</param>
/// <param name="SameLabel">Share of texts with the zero-shot label that the softmax model gives.</param>
/// <param name="ZeroShot">Accuracy with the softmax model's label vectors, since label texts are public.</param>
/// <param name="WithOffsets">The same with class offsets fitted on 16 texts a class, mean of five draws.</param>
sealed record TaskAgreement(double Cosine, double SameLabel, double ZeroShot, double WithOffsets);

/// <param name="Loss">Mean of the steps since the last point.</param>
/// <param name="HeldOut">Mean 1 − cosine; null before the whole model is trained.</param>
sealed record AdaptPoint(int Step, string Phase, double Loss, double? HeldOut);
