using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Tuning.Gradients;

/// <summary>What the model owner says in a training session: outline and shares of every tensor, and at the end it gets those back that were trained.</summary>
public static class TrainingModelOwner
{
    /// <param name="tensor">The values of a tensor by its name, row by row.</param>
    /// <param name="seed">Splits the tensors; used for nothing else.</param>
    /// <returns>The trained tensors; none where a prompt was trained, which is the data owner's.</returns>
    public static async ValueTask<IReadOnlyDictionary<string, double[]>> Serve(Port port, TrainingOutline outline, Func<string, double[]> tensor, Seed seed)
    {
        port.SendPublic(outline.ToBytes());
        TrainingOutline.Tensor[] own = [.. outline.Tensors(promptRows: 1).Where(one => !one.IsPrompt)];
        for (var i = 0; i < own.Length; i++)
            port.ShareWithParties(FixedPoint.Encode(tensor(own[i].Name), own[i].Shape, own[i].FractionBits), seed.Derive("weights", (ulong)i), Phase.Offline);

        var trained = new Dictionary<string, double[]>();
        foreach (var one in own.Where(one => one.IsTrained))
            trained[one.Name] = FixedPoint.Decode(await port.Reconstruct(one.Shape), one.FractionBits);
        return trained;
    }
}
