using MpcActors.Models.Transformers.Training;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Tuning.Gradients;

/// <summary>The data owner's side of training on shares: each batch and its labels go to the parties in the step that uses them, and logits come back to it alone.</summary>
/// <param name="seed">The owner's own, for this session alone; splits what it shares and names epochs.</param>
/// <param name="prompt">What a prompt starts from, row by row; null where none is trained.</param>
public sealed class PrivateGradientPass(Port port, Seed seed, GradientSettings settings, int classes, double[]? prompt = null) : IGradientPass
{
    /// <summary>Rows of one pass without a way back, prompts included: bounds the memory of the parties.</summary>
    const int MostRows = 1 << 13;

    /// <summary>Frames of the owner that the parties answered: what a session's costs are divided by.</summary>
    public int Questions { get; private set; }

    public void Begin(int from)
    {
        var isPrompt = settings.Method == TuningMethod.Prompt;
        if (isPrompt == prompt is null) throw new InvalidOperationException("a prompt is trained where there is one to start from, and nowhere else");
        port.SendPublic(TrainingJob.Begin.Of(settings, from).ToBytes());
        if (isPrompt) port.ShareWithParties(FixedPoint.Encode(prompt, new Shape(settings.PromptRows, prompt!.Length / settings.PromptRows), PromptBits), seed.Derive("prompt"));
    }

    public async ValueTask<double> Step(int step, double rate, TrainingSet batch)
    {
        var own = seed.Derive("step", (ulong)step);
        port.SendPublic(new TrainingJob.Step(EpochOf(own), step, rate, batch.Lengths, batch.Answers).ToBytes());
        Share(own, batch);
        port.ShareWithParties(batch.SharedLabels(classes), own.Derive("labels"));
        return Classification.CrossEntropy(await Receive(batch.Count), batch.Texts.Labels, new double[classes]);
    }

    public async ValueTask<double[,]> Logits(int steps, TrainingSet set)
    {
        var result = new double[set.Count, classes];
        for (int first = 0, count; first < set.Count; first += count)
        {
            int rows;
            for (count = 0, rows = 0; first + count < set.Count && (count == 0 || rows + RowsOf(first + count) <= MostRows); count++) rows += RowsOf(first + count);
            var texts = set.Pick([.. Enumerable.Range(first, count)]);
            var own = seed.Derive($"logits {set.Texts.Name} {first}", (ulong)steps);
            port.SendPublic(new TrainingJob.Infer(EpochOf(own), texts.Lengths, texts.Answers).ToBytes());
            Share(own, texts);
            var logits = await Receive(count);
            for (var text = 0; text < count; text++)
                for (var c = 0; c < classes; c++) result[first + text, c] = logits[text, c];
        }

        return result;

        int RowsOf(int text) => set.Lengths[text] + settings.AddedRows;
    }

    /// <summary>Lets the parties and the dealer go.</summary>
    /// <returns>The trained prompt, or null where the model owner gets what was trained.</returns>
    public async ValueTask<double[]?> Finish()
    {
        port.SendPublic(new TrainingJob.Finish().ToBytes());
        return prompt is null ? null : FixedPoint.Decode(await port.Reconstruct(new Shape(settings.PromptRows, prompt.Length / settings.PromptRows)), PromptBits);
    }

    int PromptBits => settings.NewSuite().ParameterBits;

    void Share(Seed own, TrainingSet texts) => port.ShareWithParties(texts.Input(), own.Derive("texts"));

    async ValueTask<double[,]> Receive(int texts)
    {
        Questions++;
        var decoded = FixedPoint.Decode(await port.Reconstruct(new Shape(texts, classes)));
        var logits = new double[texts, classes];
        Buffer.BlockCopy(decoded, 0, logits, 0, decoded.Length * sizeof(double));
        return logits;
    }

    static ulong EpochOf(Seed own) => (ulong)own.Derive("epoch").Value | 1;
}
