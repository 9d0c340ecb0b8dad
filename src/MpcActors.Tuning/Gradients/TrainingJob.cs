using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using MpcActors.Models;
using MpcActors.Models.Transformers.Training;
using MpcActors.Protocols;

namespace MpcActors.Tuning.Gradients;

/// <summary>What the data owner asks of the parties next. Public: lengths of texts, learning rates and numbers of things.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "job")]
[JsonDerivedType(typeof(Begin), "begin")]
[JsonDerivedType(typeof(Step), "step")]
[JsonDerivedType(typeof(Infer), "infer")]
[JsonDerivedType(typeof(Finish), "finish")]
public abstract record TrainingJob
{
    /// <summary>Rows of a job, or texts.</summary>
    internal const int Most = 1 << 20;

    const int Longest = 1 << 14;

    /// <summary>The first job: how to make steps, and after how many the session goes on. A prompt's shared rows follow where there is one.</summary>
    /// <param name="KeepEvery">Steps between two states that a party keeps, if it keeps any.</param>
    public sealed record Begin(TuningMethod Method, StepSuite Suite, int PromptRows, StepOptimizer Optimizer, double Decay, double? ClipNorm, int Steps, int KeepEvery, int From) : TrainingJob
    {
        [JsonIgnore]
        public KeptStates States => new(Steps, KeepEvery);

        /// <summary>What everybody has to agree on, in words; after how many steps a session goes on is the data owner's to say.</summary>
        [JsonIgnore]
        public IReadOnlyList<(string Name, string Value)> Agreed =>
        [
            ("what is trained", Method.ToString()), ("suite", Suite.ToString()), ("prompt rows", Text(PromptRows)), ("optimizer", Optimizer.ToString()), ("weight decay", Text(Decay)),
            ("clipping norm", ClipNorm is { } limit ? Text(limit) : "none"), ("steps", Text(Steps)), ("steps between kept states", Text(KeepEvery)),
        ];

        public static Begin Of(GradientSettings settings, int from) => new(
            settings.Method, settings.Suite, settings.AddedRows, settings.Optimizer, settings.WeightDecay, settings.ClipNorm, settings.Steps, settings.KeepEvery, from);

        static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
    }

    /// <summary>A batch's shared rows or tokens and its shared labels follow: make step <paramref name="Number"/>, and give the logits before it.</summary>
    /// <param name="Epoch">Names the correlations: another one in every job of a session, and never 0, which is the model's.</param>
    /// <param name="Lengths">Of the texts, without a prompt's rows.</param>
    /// <param name="Answers">The row within each text where its label word is predicted.</param>
    public sealed record Step(ulong Epoch, int Number, double Rate, int[] Lengths, int[] Answers) : TrainingJob;

    /// <summary>Shared rows or tokens of texts follow: give their logits with the parameters as they are.</summary>
    public sealed record Infer(ulong Epoch, int[] Lengths, int[] Answers) : TrainingJob;

    /// <summary>All steps are made: give the owner of what was trained its values.</summary>
    public sealed record Finish : TrainingJob;

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <exception cref="ProtocolViolationException">The bytes are no job, or one that cannot be.</exception>
    public static TrainingJob FromBytes(ReadOnlySpan<byte> bytes)
    {
        var job = PublicMessage.Read<TrainingJob>(bytes, "the data owner's job");
        var isSound = job switch
        {
            Begin begin => Enum.IsDefined(begin.Method) && Enum.IsDefined(begin.Suite) && Enum.IsDefined(begin.Optimizer) && begin.PromptRows is >= 0 and <= Longest
                && begin.PromptRows > 0 == (begin.Method == TuningMethod.Prompt) && begin.Decay is >= 0 and <= 1 && (begin.ClipNorm is null || (begin.ClipNorm is >= 1e-3 and <= 1e3 && begin.Suite != StepSuite.Published))
                && begin.KeepEvery >= 1 && begin.From >= 0 && begin.From <= begin.Steps && begin.States.AreKeptAfter(begin.From),
            Step step => step.Epoch != 0 && step.Number >= 0 && step.Rate is >= 0 and <= 1 && AreSound(step.Lengths, step.Answers),
            Infer infer => infer.Epoch != 0 && AreSound(infer.Lengths, infer.Answers),
            Finish => true,
            _ => false,
        };
        return isSound ? job : throw new ProtocolViolationException($"the data owner sent a job that cannot be: {job.GetType().Name}");

        static bool AreSound(int[]? lengths, int[]? answers) =>
            lengths is { Length: > 0 and <= Most } && lengths.All(length => length is > 0 and <= Longest) && lengths.Sum(length => (long)length) <= Most && answers is not null && answers.Length == lengths.Length
            && lengths.Zip(answers).All(pair => pair.Second >= 0 && pair.Second < pair.First);
    }
}
