using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Tuning.Federated;

/// <summary>What a client says. It speaks as the data owner of sessions of its own.</summary>
public static class ClientProgram
{
    /// <summary>Shares the texts' features, once.</summary>
    /// <param name="seed">The client's own, used for this alone.</param>
    public static void Join(Port port, ClientData data, int classes, Seed seed)
    {
        var features = Array.ConvertAll(data.Features, feature => HeadStep.FeatureScale * feature);
        var labels = new double[data.Texts * classes];
        for (var text = 0; text < data.Texts; text++) labels[text * classes + data.Labels[text]] = 1;
        port.ShareWithParties(FixedPoint.Encode(features, new(data.Texts, data.Width), HeadStep.FeatureBits), seed.Derive("features"));
        port.ShareWithParties(FixedPoint.Encode(labels, new(data.Texts, classes)), seed.Derive("labels"));
    }

    /// <summary>Consents to every step of a round.</summary>
    public static ValueTask Train(Port port, int round, int steps)
    {
        for (var step = 0; step < steps; step++) port.SendPublic(Consent(round, step));
        return ValueTask.CompletedTask;
    }

    internal static void RequireConsent(ReadOnlyMemory<byte> frame, int client, int round, int step)
    {
        var expected = Consent(round, step);
        if (frame.Span.SequenceEqual(expected)) return;
        throw new ProtocolViolationException(frame.Length == expected.Length
            ? $"client {client + 1} speaks of round {BitConverter.ToInt32(frame.Span) + 1}, step {BitConverter.ToInt32(frame.Span[sizeof(int)..]) + 1} where round {round + 1}, step {step + 1} is under way"
            : $"client {client + 1} sent {frame.Length} bytes where its consent of {expected.Length} was due");
    }

    static byte[] Consent(int round, int step) => [.. BitConverter.GetBytes(round), .. BitConverter.GetBytes(step)];
}
