namespace MpcActors.Protocols;

/// <summary>From where a program is run: the two computing parties, the dealer who rehearses it on hollow shares, the planner who only counts.</summary>
public enum Seat
{
    /// <summary>The party with b = 0 of the FSS papers.</summary>
    Zero,

    /// <summary>The party with b = 1; it adds what is public.</summary>
    One,

    Dealer,

    Planner,
}
