using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Models.Private;

/// <summary>What the parties do in forward-only tuning: take the model, then serve the data owner's passes until it is done.</summary>
/// <remarks>
/// One program for both parties and the dealer: the dealer reads the same jobs and so knows the shapes it deals for. Texts stay
/// with the parties as shares; for a pass only latents come in (500 words a prompt) and logits go out, or a loss a prompt.
/// </remarks>
/// <param name="most">What may be opened to the data owner, as this role's own configuration says: its job alone is not believed.</param>
public sealed class ForwardService(ISuite suite, Revealed most)
{
    readonly Dictionary<int, (Share Rows, int[] Lengths)> _texts = [];
    readonly Dictionary<int, Share> _labels = [];
    SharedProjection? _projection;
    Share? _tokenRows;
    int _latent;

    public async ValueTask Serve(Party party)
    {
        await party.Start();
        await party.BeginEpoch(0);
        var forward = new PrivateForward(suite, await SharedEncoder.Receive(party));
        await party.EndEpoch();

        while (true)
        {
            switch (Job.FromBytes((await party.ReceivePublic(Role.DataOwner)).Span))
            {
                case Job.KeepTexts texts:
                    var shape = new Shape(texts.Lengths.Sum(), forward.Encoder.Outline.InputWidth);
                    _texts[texts.Set] = (await party.ReceiveShare(Role.DataOwner, shape), texts.Lengths);
                    // Those of the texts that were kept under this number before are not theirs.
                    _labels.Remove(texts.Set);
                    break;
                case Job.KeepLabels labels:
                    if (!_texts.TryGetValue(labels.Set, out var labelled)) throw new ProtocolViolationException($"the data owner labels texts {labels.Set}, which it never shared");
                    _labels[labels.Set] = (await party.ReceiveShare(Role.DataOwner, new Shape(labelled.Lengths.Length, labels.Classes))) with { FractionBits = 0 };
                    break;
                case Job.KeepPromptForm form:
                    await Keep(party, forward.Encoder.Outline, form);
                    break;
                case Job.Infer infer:
                    await Infer(party, forward, infer);
                    break;
                default:
                    return;
            }
        }
    }

    async ValueTask Keep(Party party, EncoderOutline outline, Job.KeepPromptForm job)
    {
        var form = Job.FormOf(job.Form, job.Rows);
        var expected = outline.ParameterCount(form);
        if (job.Scales.Length != expected) throw new ProtocolViolationException($"a prompt of form {form} has {expected} parameters, and {job.Scales.Length} scales came");

        // Only who multiplies by the projection makes it.
        var projection = party.Seat is Seat.Zero or Seat.One ? new PromptProjection(job.Seed, form, expected, job.Scales, job.Latent, job.Alpha) : null;
        (_projection, _latent) = (new SharedProjection(form, projection, expected, job.Latent), job.Latent);
        _tokenRows = form is PromptForm.AddedRows ? await party.ReceiveShare(Role.DataOwner, new Shape(form.Rows, outline.InputWidth)) : null;
    }

    async ValueTask Infer(Party party, PrivateForward forward, Job.Infer job)
    {
        if (!MayOpen(job.Revealed))
            throw new ProtocolViolationException($"the data owner asks to open {NameOf(job.Revealed)}, and in this session nothing may be opened to it but {NameOf(most)}");
        if (!_texts.TryGetValue(job.Set, out var texts)) throw new ProtocolViolationException($"the data owner asks for texts {job.Set}, which it never shared");
        var latents = job.Prompts == 0 ? null : await party.ReceiveShare(Role.DataOwner, new Shape(job.Prompts, _latent));
        await party.BeginEpoch(job.Epoch);
        var prompt = SharedPrompt.None;
        if (latents is not null)
        {
            var projection = _projection ?? throw new ProtocolViolationException("the data owner asks for prompts before it said what form they have");
            prompt = await projection.Apply(party, forward.Encoder.Outline, latents, forward.Means, _tokenRows);
        }

        var logits = await forward.Logits(party, texts.Rows, texts.Lengths, prompt, job.KeepMeans);
        var answer = job.Revealed == Revealed.Logits ? logits : await Losses(party, job, logits);
        await party.EndEpoch();
        party.SendShare(Role.DataOwner, answer);
    }

    bool MayOpen(Revealed asked) => asked == most || most == Revealed.Logits || asked == Revealed.Loss;

    static string NameOf(Revealed revealed) => revealed switch
    {
        Revealed.Logits => "logits",
        Revealed.Loss => "losses",
        _ => "losses and counts of errors",
    };

    /// <summary>All that the data owner learns of the logits where it asks for losses.</summary>
    async ValueTask<Share> Losses(Party party, Job.Infer job, Share logits)
    {
        if (!_labels.TryGetValue(job.Set, out var labels)) throw new ProtocolViolationException($"the data owner asks for losses of texts {job.Set}, whose labels it never shared");
        if (labels.Shape.Columns != logits.Shape.Columns)
            throw new ProtocolViolationException($"the data owner labels texts {job.Set} with {labels.Shape.Columns} classes, and the model has {logits.Shape.Columns}");
        var texts = labels.Shape.Rows;
        int[] textOfRow = [.. Enumerable.Range(0, logits.Shape.Rows).Select(row => row % texts)];
        int[] prompts = [.. Enumerable.Range(0, logits.Shape.Rows / texts + 1).Select(prompt => prompt * texts)];
        return await party.SumsOfGroups(logits, labels with { Value = labels.Value.GatherRows(textOfRow) }, prompts, job.Revealed == Revealed.LossAndErrors);
    }
}
