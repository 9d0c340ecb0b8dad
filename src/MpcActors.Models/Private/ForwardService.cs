using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Models.Private;

/// <summary>What the parties do in forward-only tuning: take the model, then serve the data owner's passes until it is done.</summary>
/// <remarks>
/// One program for both parties and the dealer: the dealer reads the same jobs and so knows the shapes it deals for. Texts stay
/// with the parties as shares; for a pass only latents come in (500 words a prompt) and logits go out.
/// </remarks>
public sealed class ForwardService(ISuite suite)
{
    readonly Dictionary<int, (Share Rows, int[] Lengths)> _texts = [];
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
        await party.EndEpoch();
        party.SendShare(Role.DataOwner, logits);
    }
}
