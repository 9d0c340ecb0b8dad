using MpcActors.Data.Transformers;
using MpcActors.Models.Transformers.Training;
using MpcActors.Protocols.Published;

namespace MpcActors.Models.Tests;

/// <summary>The published suite's plan beside CrypTen's own autograd, whose traffic was measured for a layer of RoBERTa-large.</summary>
public sealed class TrainingPlanTests
{
    /// <summary>Megabytes sent and received in the products of a layer's way back, with weights opened once more for them.</summary>
    [Theory]
    [InlineData(128, 281.0)]
    [InlineData(512, 671.1)]
    public void The_products_on_the_way_back_send_what_CrypTen_sends(int tokens, double megabytes)
    {
        var plan = TrainingPlan.Of(new PublishedTraining(), TransformerConfig.Find("roberta-large")!, 2, TuningMethod.Layers, 0, [tokens], [0], new ShareSgd(1));

        var sent = plan.Operations.Where(operation => operation.Path is "backward/layer 3/linear" or "backward/layer 3/attention").Sum(operation => operation.SentBytes);
        Assert.Equal(megabytes, 2 * sent / 1e6, 0.1);
    }
}
