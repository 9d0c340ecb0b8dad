using MpcActors.Models.Transformers.Training;
using MpcActors.Protocols;
using MpcActors.Protocols.Training;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Models.Tests;

/// <summary>Gradients of two groups, clipped on shares with the loss scale of a training.</summary>
public sealed class GradientClippingTests
{
    const double Scale = TrainingStep.UsualLossScale;

    [Theory]
    [InlineData(0.25)]
    [InlineData(0.3)]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(900)]
    public void Gradients_of_any_length_are_never_longer_than_the_limit_and_shorter_ones_stay(double limit)
    {
        foreach (var length in new[] { 0.01, 0.5, 1, 4, 6, 20, 100, 400 })
        {
            var gradients = Gradients(length);
            var (clipped, run) = Clip(gradients, limit);

            Assert.Equal(run.Planned, run.Cost);
            var expected = gradients.Select(value => value * Math.Min(1, limit / length)).ToArray();
            // Of a factor below 1 sixteen fraction bits are left, 2^-14 of the root and 2^-13 of what it is taken of.
            var error = Math.Sqrt(expected.Zip(clipped, (x, y) => (x - y) * (x - y)).Sum()) / Math.Min(length, limit);
            Assert.True(error < 1e-3 + length / limit / (1 << 15), $"a gradient of length {length} clipped at {limit} is {error:G3} of itself off");
        }
    }

    [Fact]
    public void A_gradient_of_nothing_stays_nothing()
    {
        foreach (var limit in new[] { 0.001, 0.3, 10, 1000 }) Assert.All(Clip(new double[12], limit).Clipped, value => Assert.Equal(0, value, 1e-4));
    }

    static double[] Gradients(double length)
    {
        var values = Numbers.Of(12, 12, 1);
        var norm = Math.Sqrt(values.Sum(value => value * value));
        return Array.ConvertAll(values, value => value * length / norm);
    }

    /// <returns>Without the loss scale.</returns>
    static (double[] Clipped, TwoPartyRun Run) Clip(double[] gradients, double limit)
    {
        (RingTensor, int)[] inputs = [.. new[] { gradients[..4], gradients[4..] }.Select(part => TwoParty.Encode(Array.ConvertAll(part, value => value * Scale)))];
        var run = TwoParty.Run(Seed.FromNumber(7), inputs, async (party, shares) =>
        {
            var parameters = shares.Select((share, i) => new Parameter($"tensor {i}", Share.Zeros(share.Shape, 32), isTrained: true)).ToArray();
            for (var i = 0; i < shares.Length; i++) parameters[i].ReplaceGradient(shares[i]);
            await GradientClipping.Clip(party, new FusedTraining(), [.. parameters.Select(parameter => new[] { parameter })], limit * Scale);
            return [.. parameters.Select(parameter => parameter.Gradient!)];
        });
        return ([.. Enumerable.Range(0, 2).SelectMany(run.DecodedAt).Select(value => value / Scale)], run);
    }
}
