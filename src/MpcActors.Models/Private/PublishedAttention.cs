using MpcActors.Protocols;

namespace MpcActors.Models.Private;

/// <summary>What the attentions of the published suite have in common.</summary>
static class PublishedAttention
{
    /// <summary>Queries, keys and values of all heads, apart.</summary>
    public static (Share Queries, Share Keys, Share Values) Parts(LayerOutline layer, Share queryKeyValue)
    {
        Share Part(int start, int width) => queryKeyValue with { Value = queryKeyValue.Value.Columns(start, width) };
        return (Part(0, layer.KeysWidth), Part(layer.KeysWidth, layer.KeysWidth), Part(2 * layer.KeysWidth, layer.ValuesWidth));
    }

    public static void RequireNoPrefix(SharedPrefix? prefix)
    {
        if (prefix is not null) throw new ArgumentException("the published suite puts prompts before the input, as the paper does; it knows no key and value prefixes");
    }
}
