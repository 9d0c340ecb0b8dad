namespace MpcActors.Cli;

/// <summary>What <c>demo</c> and <c>tune</c> report.</summary>
sealed record TuningReport : Report
{
    public required string Task { get; init; }

    public required string Model { get; init; }

    public required TextCounts Texts { get; init; }

    public required TuningFacts Tuning { get; init; }

    public required Accuracies Accuracy { get; init; }

    /// <summary>Share of the test texts with the same label, private against clear under the same prompt, over all attentions.</summary>
    public double? Agreement { get; init; }

    /// <summary>By attention.</summary>
    public required IReadOnlyDictionary<string, Comparison> Comparisons { get; init; }

    /// <summary>By attention, where only losses were revealed: the largest difference of training and development loss of the selected prompt from those in the clear.</summary>
    public required IReadOnlyDictionary<string, double> LossErrors { get; init; }

    /// <summary>That each tuning used.</summary>
    public required int Queries { get; init; }

    public required IReadOnlyList<AttentionCost> Attention { get; init; }

    /// <summary>How each tuning went, attention by attention, in the clear and on shares.</summary>
    public required IReadOnlyList<TuningCurve> Curves { get; init; }

    /// <summary>That costs are given for.</summary>
    public required IReadOnlyList<NetworkFigures> Networks { get; init; }

    /// <summary>Hash of every frame of every session; absent where nothing ran on shares.</summary>
    public string? Transcript { get; init; }

    /// <summary>By attention.</summary>
    public required IReadOnlyDictionary<string, string> Transcripts { get; init; }

    /// <summary>Where the program's own time went.</summary>
    public required IReadOnlyList<Phase> Phases { get; init; }

    /// <summary>The most memory that this process held.</summary>
    public required long PeakBytes { get; init; }

    /// <summary>What should be known before a number is quoted.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}

sealed record TextCounts(int Classes, int Train, int Dev, int Test, int TestOfTask, int TrainTokens);

/// <param name="QueriesOfFullRun">With which the documented accuracies were measured.</param>
/// <param name="Reveal">What was opened of a candidate: logits, or loss.</param>
/// <param name="Suite">The protocols of passes on shares.</param>
sealed record TuningFacts(string Optimizer, string Prompt, int PromptRows, int LatentDimension, int Population, int QueriesOfFullRun, string Reveal, string Suite);

/// <summary>Shares of the test texts that were labelled right; the dictionaries are by attention.</summary>
/// <param name="ZeroShot">Of the first attention: the published model, where it took part.</param>
/// <param name="ZeroShotWithOffsets">With class offsets that the owner fits alone: what tuning has to be compared with.</param>
/// <param name="StandardError">Of a share of these test texts, for the binomial spread of the first figure alone.</param>
sealed record Accuracies(
    double ZeroShot,
    IReadOnlyDictionary<string, double> ZeroShotOf,
    IReadOnlyDictionary<string, double> ZeroShotWithOffsets,
    IReadOnlyDictionary<string, double> Clear,
    IReadOnlyDictionary<string, double> Private,
    double StandardError);

/// <summary>What one generation on the training batch costs with an attention on a network, and in <paramref name="Total"/> the whole session.</summary>
/// <param name="Scope">"generation": a population of prompts on all training texts; "session" where a resumed run had no generation left.</param>
/// <param name="Tokens">Rows of the batch: tokens of the training texts times prompts.</param>
/// <param name="IsLive">Simulated on this network; otherwise the recorded run is timed on it.</param>
sealed record AttentionCost(
    string Kind,
    string Network,
    string Scope,
    int Tokens,
    long Rounds,
    long[] SentBytesPerParty,
    long[] OfflineBytesPerParty,
    double Seconds,
    double ComputeSeconds,
    IReadOnlyDictionary<string, RoleSeconds> Compute,
    bool IsLive,
    Cost Total);

/// <param name="Where">"clear" or "shares".</param>
sealed record TuningCurve(string Attention, string Where, IReadOnlyList<CurvePoint> Checks);

/// <summary>A check on the development texts.</summary>
/// <param name="SentBytes">That each party sent for the queries so far; null in the clear.</param>
sealed record CurvePoint(int Queries, double TrainLoss, double DevAccuracy, double DevLoss, double? SentBytes);

/// <param name="LatencySeconds">One way.</param>
sealed record NetworkFigures(string Name, double LatencySeconds, double BitsPerSecond);

/// <param name="CpuSeconds">Of all threads of this process, garbage collection included.</param>
sealed record Phase(string Name, double Seconds, double CpuSeconds);
