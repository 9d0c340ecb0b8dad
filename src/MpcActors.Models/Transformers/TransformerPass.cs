using System.Text.Json;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Models.Transformers;

/// <summary>What the data owner asks in a session of passes: public shapes. No text at all ends the session.</summary>
/// <param name="Lengths">Tokens of each text, prompts included.</param>
/// <param name="Answers">The row within each text where its label word is predicted.</param>
public sealed record PassQuestion(ulong Epoch, int[] Lengths, int[] Answers)
{
    const int Most = 1 << 16;

    public static PassQuestion None { get; } = new(0, [], []);

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <exception cref="ProtocolViolationException">The bytes are no question, or one that cannot be.</exception>
    public static PassQuestion FromBytes(ReadOnlySpan<byte> bytes)
    {
        var question = PublicMessage.Read<PassQuestion>(bytes, "the data owner's question");
        var isSound = question is { Lengths: not null, Answers: not null } && question.Lengths.Length <= Most && question.Lengths.Length == question.Answers.Length && (question.Epoch != 0 || question.Lengths.Length == 0)
            && question.Lengths.Zip(question.Answers).All(text => text.First is > 0 and <= Most && text.Second >= 0 && text.Second < text.First);
        return isSound ? question : throw new ProtocolViolationException("the data owner sent a question that cannot be");
    }
}

/// <summary>A session of forward passes: the model owner gives out layers, the data owner shares embedded texts and opens logits.</summary>
public static class TransformerPass
{
    /// <summary>What both parties and the dealer run: passes until the data owner has no more texts.</summary>
    /// <param name="watches">Whether each layer's output is given to the data owner, too: for checks on data that is nobody's.</param>
    /// <param name="announce">Told of each layer that is done.</param>
    public static async ValueTask Serve(Party party, ISuite suite, bool watches = false, Action<int>? announce = null)
    {
        await party.Start();
        await party.BeginEpoch(0);
        var transformer = await SharedTransformer.Receive(party, suite);
        await party.EndEpoch();
        var forward = new PrivateTransformer(suite, transformer);
        while (PassQuestion.FromBytes((await party.ReceivePublic(Role.DataOwner)).Span) is { Lengths.Length: > 0 } question)
        {
            var rows = await party.ReceiveShare(Role.DataOwner, new Shape(question.Lengths.Sum(), transformer.Outline.Width));
            await party.BeginEpoch(question.Epoch);
            var logits = await forward.Logits(party, rows, question.Lengths, question.Answers, (layer, output) =>
            {
                announce?.Invoke(layer);
                if (watches) GiveAsItIs(party, output);
            });
            await party.EndEpoch();
            party.SendShare(Role.DataOwner, logits);
        }

        SharedTransformer.Finish(party);
    }

    /// <summary>The data owner's side of one pass: logits [texts, classes], and each layer's output if the parties give it.</summary>
    /// <param name="rows">[sum of lengths, width].</param>
    public static async ValueTask<(double[] Logits, double[][] Layers)> Ask(
        Port port, TransformerOutline outline, PassQuestion question, double[] rows, Seed seed, bool watches = false)
    {
        var shape = new Shape(question.Lengths.Sum(), outline.Width);
        port.SendPublic(question.ToBytes());
        port.ShareWithParties(FixedPoint.Encode(rows, shape), seed.Derive("rows", question.Epoch));
        var layers = new double[watches ? outline.Layers : 0][];
        for (var i = 0; i < layers.Length; i++)
        {
            var fractionBits = (int)(await port.Reconstruct(Shape.Vector(1)))[0, 0];
            layers[i] = FixedPoint.Decode(await port.Reconstruct(shape), fractionBits);
        }

        var logits = await port.Reconstruct(new Shape(question.Lengths.Length, outline.Classes));
        return (FixedPoint.Decode(logits), layers);
    }

    /// <summary>With the fraction bits it has, and their number before it: a truncation would be a round that the pass does not have.</summary>
    static void GiveAsItIs(Party party, Share share)
    {
        party.SendShare(Role.DataOwner, party.Public(RingTensor.Of((ulong)share.FractionBits), 0));
        party.SendShare(Role.DataOwner, share);
    }

    /// <summary>Lets the parties, the dealer and the model owner go.</summary>
    public static void Finish(Port port) => port.SendPublic(PassQuestion.None.ToBytes());
}
