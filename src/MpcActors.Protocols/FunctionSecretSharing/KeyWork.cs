using MpcActors.Fss;

namespace MpcActors.Protocols.FunctionSecretSharing;

/// <summary>What evaluations of comparison keys are to the planner's clock.</summary>
static class KeyWork
{
    /// <summary>An evaluation is a chain of AES calls, of 64 keys side by side: 260 ns of one core for 58 of them, a third of what as many values take in an element-wise gate.</summary>
    const int CallsAnElement = 3;

    /// <summary>Bits of a key that one AES call reads: a level's 128 of a comparison to a bit, of a comparison to a word half of its 192.</summary>
    static int BitsOfCall(KeyForm form) => form.Payload == FssPayload.Bit ? 128 : 96;

    public static void Count(Party party, KeyForm form, long evaluations) =>
        party.Meter.CountElements(evaluations * form.CorrectionBits / (CallsAnElement * BitsOfCall(form)));
}
