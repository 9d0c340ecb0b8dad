using MpcActors.Protocols;
using MpcActors.Protocols.Training;

namespace MpcActors.Models.Transformers.Training;

/// <summary>GELU, the suite's own.</summary>
public sealed class GeluLayer : ILayer
{
    public async ValueTask<Traced> Forward(PassContext pass, Share x)
    {
        using var scope = pass.Party.Meter.Enter("gelu");
        var traced = await pass.Suite.Gelu(pass.Party, x);
        return traced with
        {
            Backward = async gradient =>
            {
                using var back = pass.Party.Meter.Enter("gelu");
                return await traced.Backward(gradient);
            },
        };
    }
}
