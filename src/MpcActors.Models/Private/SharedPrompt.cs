using MpcActors.Protocols;

namespace MpcActors.Models.Private;

/// <summary>Keys and values of one layer that stand before those of each text: [copies · rows, Heads·KeyWidth] and [copies · rows, Heads·ValueWidth].</summary>
public sealed record SharedPrefix(Share Keys, Share Values, int Rows);

/// <summary>The prompts of a whole population, one copy each, in whichever places their form has.</summary>
public sealed record SharedPrompt(int Copies, IReadOnlyList<SharedPrefix>? Prefixes, Share? Rows, int RowsOfPrompt, Share? Shift)
{
    public static SharedPrompt None { get; } = new(1, null, null, 0, null);
}
