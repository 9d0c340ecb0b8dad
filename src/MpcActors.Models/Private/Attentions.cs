using MpcActors.Protocols;
using MpcActors.Protocols.Published;

namespace MpcActors.Models.Private;

/// <summary>Which class computes an attention: a suite that opens its factors at each product goes another way than one that opens a wire once.</summary>
static class Attentions
{
    public static IAttention Of(ISuite suite, AttentionKind kind) => kind switch
    {
        AttentionKind.Softmax when suite is PublishedSuite => new PublishedSoftmaxAttention(),
        AttentionKind.RandomFeatures when suite is PublishedSuite => new PublishedRandomFeatureAttention(),
        AttentionKind.Softmax => new SoftmaxAttention(),
        AttentionKind.RandomFeatures => new RandomFeatureAttention(),
        AttentionKind.Uniform => new UniformAttention(),
        var other => throw new ArgumentException($"no attention on shares of the suite {suite.Name} is called {other}"),
    };
}
