namespace MpcActors.Protocols;

/// <summary>Who is at an end of a link. The number is what a frame carries.</summary>
public enum Role : byte
{
    PartyZero = 0,
    PartyOne = 1,
    Dealer = 2,
    DataOwner = 3,
    ModelOwner = 4,
}

public static class RoleNames
{
    /// <summary>The name in configuration files, actor paths and messages: "party-0".</summary>
    public static string Name(this Role role) => role switch
    {
        Role.PartyZero => "party-0",
        Role.PartyOne => "party-1",
        Role.Dealer => "dealer",
        Role.DataOwner => "data-owner",
        Role.ModelOwner => "model-owner",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "no such role"),
    };
}
