using MpcActors.Actors;
using MpcActors.Models;
using MpcActors.Network;
using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>The model as it is, and with class offsets that the owner fits to the logits of its training texts: what any tuning has to be compared with.</summary>
sealed class ZeroShot(AttentionKind attention) : IFewShotMethod
{
    public string Name => $"zero-shot {attention.Name()}";

    public bool CanBePrivate => true;

    public string SettingsFor(FewShotDraw draw) => "no prompt";

    public async Task<FewShotPart> InTheClearAsync(FewShotDraw draw, CancellationToken cancellation) =>
        await PartAsync(draw, draw.CandidateOf(attention).ClearPass(), isPrivate: false);

    public async Task<FewShotPart> OnSharesAsync(FewShotDraw draw, string checkpoint, Action<string> announce, CancellationToken cancellation)
    {
        FewShotPart? part = null;
        await PrivateSession.AskAsync(
            draw.CandidateOf(attention), draw.Texts, draw.Tuning(OptimizerKind.Cma) with { Setup = $"{draw.Model.Name} few-shot {Name}" }, new Conditions(LinkProfile.Lan, Work.Modelled.Default),
            async pass => part = await PartAsync(draw, pass, isPrivate: true), cancellation);
        return part!;
    }

    async Task<FewShotPart> PartAsync(FewShotDraw draw, IForwardPass pass, bool isPrivate)
    {
        var (texts, settings) = (draw.Texts, $"{draw.Settings} {SettingsFor(draw)}");
        var offsets = ClassOffsets.Fit((await pass.Logits(texts.Train, [null]))[0], texts.Train.Labels);
        var logits = (await pass.Logits(texts.Test, [null]))[0];
        return new FewShotPart(
            draw.Task.Name, Name, draw.Seed, isPrivate, settings, texts.Test.Labels.Length, Classification.Accuracy(logits, texts.Test.Labels, new double[offsets.Length]),
            Classification.Accuracy(logits, texts.Test.Labels, offsets), 0, null, []);
    }
}
