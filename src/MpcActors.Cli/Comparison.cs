using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>How near the private pass comes to the clear one: same attention, same prompt, same offsets, same test texts.</summary>
/// <param name="Agreement">Share of the texts with the same label.</param>
/// <param name="LogitError">Mean absolute error of the logits, as a share of their standard deviation.</param>
/// <param name="LargestLogitError">The largest, in logits.</param>
sealed record Comparison(double Agreement, double LogitError, double LargestLogitError)
{
    public static async Task<Comparison> Of(Candidate candidate, OwnerTexts texts, TuningResult ofShares)
    {
        var clear = (await candidate.ClearPass().Logits(texts.Test, [ofShares.Latent]))[0];
        var same = Classification.Predictions(clear, ofShares.Offsets).Zip(Classification.Predictions(ofShares.TestLogits, ofShares.Offsets)).Count(pair => pair.First == pair.Second);
        double[] expected = [.. clear.Cast<double>()];
        double[] errors = [.. expected.Zip(ofShares.TestLogits.Cast<double>(), (left, right) => Math.Abs(left - right))];
        var mean = expected.Average();
        var deviation = Math.Sqrt(expected.Average(logit => (logit - mean) * (logit - mean)));
        return new Comparison((double)same / texts.Test.Batch.Texts, errors.Average() / deviation, errors.Max());
    }

    /// <summary>The larger difference of the selected prompt's training and development loss from those in the clear.</summary>
    public static async Task<double> LossErrorOf(Candidate candidate, OwnerTexts texts, TuningResult ofShares)
    {
        IForwardPass pass = candidate.ClearPass();
        var check = ofShares.Checks[ofShares.Selected];
        var train = (await pass.Losses(texts.Train, [ofShares.Latent], measuresAccuracy: false))[0].Loss;
        var dev = (await pass.Losses(texts.Dev, [ofShares.Latent], measuresAccuracy: false))[0].Loss;
        return Math.Max(Math.Abs(train - check.TrainLoss), Math.Abs(dev - check.DevLoss));
    }
}
