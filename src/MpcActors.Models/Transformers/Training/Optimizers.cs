using MpcActors.Protocols;
using MpcActors.Protocols.Training;
using MpcActors.Ring;

namespace MpcActors.Models.Transformers.Training;

/// <summary>Changes shared parameters by their shared gradients.</summary>
public interface IShareOptimizer
{
    /// <summary>What a meter calls the operation, within the group's.</summary>
    const string Update = "update";

    /// <summary>Public, and may change from step to step.</summary>
    double Rate { get; set; }

    /// <summary>What is kept between steps, to go on from later.</summary>
    OptimizerState State { get; set; }

    /// <summary>A step of some parameters together; those of one name are the same in every step.</summary>
    /// <param name="lossScale">Public factor of the gradients.</param>
    ValueTask Step(Party party, ITrainingSuite suite, string group, Parameter[] parameters, double lossScale);

    /// <summary>After all groups have made theirs.</summary>
    void EndStep();
}

/// <summary>What an optimiser knows after some steps.</summary>
/// <param name="Moments">By the name of a group; none of gradient descent.</param>
public sealed record OptimizerState(int Steps, IReadOnlyDictionary<string, (Share M, Share V)> Moments);

/// <summary>w ← w − ηg.</summary>
public sealed class ShareSgd(double rate) : IShareOptimizer
{
    int _steps;

    public double Rate { get; set; } = rate;

    public OptimizerState State
    {
        get => new(_steps, new Dictionary<string, (Share, Share)>());
        set => _steps = value.Steps;
    }

    public async ValueTask Step(Party party, ITrainingSuite suite, string group, Parameter[] parameters, double lossScale)
    {
        using var scope = party.Meter.Enter(IShareOptimizer.Update);
        var flat = FlatParameters.Of(parameters);
        flat.Replace(flat.Values - await suite.Scale(party, flat.Gradients, Rate / lossScale, suite.ParameterBits));
    }

    public void EndStep() => _steps++;
}

/// <summary>Settings of <see cref="ShareAdam"/> and its twin in the clear.</summary>
/// <param name="Epsilon">In the fused suite and the twin under the root, squared: m/√(v + ε²), which needs one inverse root where m/(√v + ε) needs a root and a division. Both differ where |g| is near ε.</param>
/// <param name="Decay">Of weights, apart from the gradient: Adam without, AdamW with it (Loshchilov and Hutter, ICLR 2019).</param>
public sealed record AdamSettings(double Rate, double FirstDecay = 0.9, double SecondDecay = 0.999, double Epsilon = 1e-4, double Decay = 0);

/// <summary>Adam on shares (Kingma and Ba, ICLR 2015): a square and a quotient by a root a parameter; every other factor is public.</summary>
/// <remarks>
/// Kept are M = Σ β₁ᵏg and V = Σ β₂ᵏg², without the factors 1 − β that would press them below a unit of fixed point; these and the corrections of
/// the bias are in public factors. Scaled gradients up to 32, and ε times the loss scale at least 2^−8.
/// </remarks>
/// <param name="mostTogether">Numbers that go through the rounds of a step together: fewer hold less memory at a time (about a kilobyte each) and take more rounds.</param>
public sealed class ShareAdam(AdamSettings settings, int mostTogether = ShareAdam.UsuallyTogether) : IShareOptimizer
{
    /// <summary>What goes through a step together if nothing is said: all roles of a simulation are in one memory.</summary>
    public const int UsuallyTogether = 1 << 19;

    Dictionary<string, (Share M, Share V)> _moments = [];
    int _step = 1;

    public double Rate { get; set; } = settings.Rate;

    public OptimizerState State
    {
        get => new(_step - 1, _moments);
        set => (_step, _moments) = (value.Steps + 1, new(value.Moments));
    }

    public async ValueTask Step(Party party, ITrainingSuite suite, string group, Parameter[] parameters, double lossScale)
    {
        var flat = FlatParameters.Of(parameters);
        (Share M, Share V)? last = _moments.TryGetValue(group, out var known) ? known : null;
        var (count, done) = (flat.Values.Shape.Count, new List<(Share Values, Share M, Share V)>());
        for (int start = 0, size; start < count; start += size)
        {
            size = Math.Min(mostTogether, count - start);
            var (from, shape) = (start, Shape.Vector(size));
            // Each part is an operation of its own to the meter: what is held at once is a part's.
            using var scope = party.Meter.Enter(IShareOptimizer.Update);
            done.Add(await Step(party, suite, Part(flat.Values), Part(flat.Gradients), last is { } moments ? (Part(moments.M), Part(moments.V)) : null, lossScale));

            Share Part(Share whole) => size == count ? whole : whole with { Value = whole.Value.Slice(from, shape) };
        }

        _moments[group] = (Whole(part => part.M), Whole(part => part.V));
        flat.Replace(Whole(part => part.Values));

        Share Whole(Func<(Share Values, Share M, Share V), Share> of) => done.Count == 1 ? of(done[0]) : FlatParameters.Join([.. done.Select(of)]);
    }

    async ValueTask<(Share Values, Share M, Share V)> Step(Party party, ITrainingSuite suite, Share values, Share gradients, (Share M, Share V)? last, double lossScale)
    {
        var open = (await suite.Open(party, gradients))[0];
        var square = await suite.Scale(party, await suite.Square(party, open), 1, suite.SquareBits);
        var (m, v) = (suite.ValueOf(party, open), square);
        if (last is { } moments)
        {
            m += moments.M - await suite.Scale(party, moments.M, 1 - settings.FirstDecay, FixedPoint.FractionBits);
            v += moments.V - await suite.Scale(party, moments.V, 1 - settings.SecondDecay, suite.SquareBits);
        }

        var corrected = _step == 1 ? v : await suite.Scale(party, v, Correction(settings.SecondDecay), suite.SquareBits);
        var direction = await suite.DivideByRoot(party, m, corrected, settings.Epsilon * lossScale);
        var next = settings.Decay > 0 ? values - await suite.Scale(party, values, Rate * settings.Decay, suite.ParameterBits) : values;
        return (next - await suite.Scale(party, direction, Rate * Correction(settings.FirstDecay), suite.ParameterBits), m, v);
    }

    public void EndStep() => _step++;

    double Correction(double decay) => (1 - decay) / (1 - Math.Pow(decay, _step));
}

/// <summary>Some parameters and their gradients one after another in a row, so that a step of many tensors takes the rounds of one.</summary>
sealed record FlatParameters(Parameter[] Parameters, Share Values, Share Gradients)
{
    public static FlatParameters Of(Parameter[] parameters)
    {
        var gradients = Array.ConvertAll(parameters, parameter => parameter.Gradient ?? throw new InvalidOperationException($"{parameter.Name} has no gradient"));
        return new(parameters, Join(Array.ConvertAll(parameters, parameter => parameter.Value)), Join(gradients));
    }

    /// <summary>Gives each parameter its part of new values.</summary>
    public void Replace(Share values) => ForEach(values, (parameter, part) => parameter.Replace(part));

    /// <summary>Gives each parameter its part of other gradients.</summary>
    public void ReplaceGradients(Share gradients) => ForEach(gradients, (parameter, part) => parameter.ReplaceGradient(part));

    void ForEach(Share joined, Action<Parameter, Share> take)
    {
        var start = 0;
        foreach (var parameter in Parameters)
        {
            take(parameter, joined with { Value = joined.Value.Slice(start, parameter.Shape) });
            start += parameter.Shape.Count;
        }
    }

    /// <summary>With the fraction bits of the finest.</summary>
    public static Share Join(Share[] shares)
    {
        var bits = shares.Max(share => share.FractionBits);
        return new(RowOperations.Concatenate(Array.ConvertAll(shares, share => share.WithMoreFractionBits(bits).Value)), bits);
    }
}
