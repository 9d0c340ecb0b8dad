using MpcActors.Protocols;
using MpcActors.Protocols.Training;

namespace MpcActors.Models.Transformers.Training;

/// <summary>GELU, the suite's own.</summary>
public sealed class GeluLayer : ILayer
{
    public ValueTask<Traced> Forward(PassContext pass, Share x) => Activation.Forward(pass, "gelu", x, pass.Suite.Gelu);
}

/// <summary>max(x, 0). Back: the gradient where x was positive, by the bit that the way there found.</summary>
public sealed class ReluLayer : ILayer
{
    public ValueTask<Traced> Forward(PassContext pass, Share x) => Activation.Forward(pass, "relu", x, pass.Suite.Relu);
}

/// <summary>tanh x. Back: g(1 − y²) with the result y, which stays open.</summary>
public sealed class TanhLayer : ILayer
{
    public ValueTask<Traced> Forward(PassContext pass, Share x) => Activation.Forward(pass, "tanh", x, async (party, input) =>
    {
        var suite = pass.Suite;
        var y = (await suite.Open(party, await suite.Forward.Tanh(party, input)))[0];
        return new(suite.ValueOf(party, y), async gradient =>
        {
            var wires = await suite.Open(party, party.AddPublic(-await suite.Square(party, y), 1), gradient);
            return await suite.Multiply(party, wires[0], wires[1]);
        });
    });
}

static class Activation
{
    /// <summary>A function of each value, booked under its name both ways.</summary>
    public static async ValueTask<Traced> Forward(PassContext pass, string name, Share x, Func<Party, Share, ValueTask<Traced>> function)
    {
        using var scope = pass.Party.Meter.Enter(name);
        var traced = await function(pass.Party, x);
        return traced with
        {
            Backward = async gradient =>
            {
                using var back = pass.Party.Meter.Enter(name);
                return await traced.Backward(gradient);
            },
        };
    }
}
