using MpcActors.Models.Private;
using MpcActors.Protocols;
using MpcActors.Protocols.Training;
using MpcActors.Ring;

namespace MpcActors.Models.Transformers.Training;

/// <summary>From queries and keys to phases: t_h = x_h·Ω_h for every head h; values pass. Back: g_h·Ω_hᵀ, and for Ω x_hᵀ·g_h of queries and keys together.</summary>
/// <param name="frequencies">Ω in turns, [heads · head width, frequencies].</param>
public sealed class FrequencyLayer(LayerOutline layer, Parameter frequencies) : ILayer
{
    public IEnumerable<Parameter> Factors => [frequencies];

    /// <param name="x">[rows, queries | keys | values of all heads].</param>
    public async ValueTask<Traced> Forward(PassContext pass, Share x)
    {
        var (party, suite, width, rows) = (pass.Party, pass.Suite, layer.ValuesWidth, x.Shape.Rows);
        using var scope = party.Meter.Enter("frequencies");
        var open = Array.ConvertAll(await suite.Open(party, Columns(x, 0), Columns(x, width)), wire => suite.ForProducts(party, wire));
        var phases = new Share[2];
        for (var side = 0; side < 2; side++)
            phases[side] = await suite.MultiplyBlocks(party, new(rows, layer.KeysWidth), open[side], frequencies.Wire, [.. Heads().Select(head => new Block(Own(head), Frequencies(head), Phases(head)))]);
        return new(Composition.SideBySide(phases[0], phases[1], Columns(x, 2 * width)), async gradient =>
        {
            using var back = party.Meter.Enter("frequencies");
            var g = await suite.Open(party, gradient with { Value = gradient.Value.Columns(0, layer.KeysWidth) }, gradient with { Value = gradient.Value.Columns(layer.KeysWidth, layer.KeysWidth) });
            var ofInput = new Share[2];
            for (var side = 0; side < 2; side++)
            {
                ofInput[side] = await suite.MultiplyBlocks(
                    party, new(rows, width), g[side], frequencies.Wire, [.. Heads().Select(head => new Block(Phases(head), Frequencies(head), Own(head), RightIsTransposed: true))]);
                if (frequencies.IsTrained)
                {
                    frequencies.Accumulate(await suite.MultiplyBlocks(
                        party, frequencies.Shape, open[side], g[side], [.. Heads().Select(head => new Block(Own(head), Phases(head), Frequencies(head), LeftIsTransposed: true))]));
                }
            }

            return Composition.SideBySide(ofInput[0], ofInput[1], gradient with { Value = gradient.Value.Columns(2 * layer.KeysWidth, width) });
        });

        IEnumerable<int> Heads() => Enumerable.Range(0, layer.Heads);

        Share Columns(Share share, int start) => share with { Value = share.Value.Columns(start, width) };

        MatrixView Own(int head) => new(head * layer.ValueWidth, width, rows, layer.ValueWidth);

        MatrixView Phases(int head) => new(head * layer.KeyWidth, layer.KeysWidth, rows, layer.KeyWidth);

        MatrixView Frequencies(int head) => new(head * layer.ValueWidth * layer.KeyWidth, layer.KeyWidth, layer.ValueWidth, layer.KeyWidth);
    }
}
