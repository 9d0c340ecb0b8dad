namespace MpcActors.Protocols;

/// <summary>What one operation of a program took at one role, all of its calls together.</summary>
/// <param name="Path">Where the program was: outer names before inner ones, parted by slashes; empty outside of any.</param>
/// <param name="SentBytes">To the other computing party, online.</param>
public readonly record struct OperationCost(string Path, int Rounds, long SentBytes, long DealtBytes, long Multiplications, long Elements)
{
    /// <summary>The innermost name: what was done.</summary>
    public string Operation => Path[(Path.LastIndexOf('/') + 1)..];

    public static OperationCost operator +(OperationCost left, OperationCost right) => left with
    {
        Rounds = left.Rounds + right.Rounds,
        SentBytes = left.SentBytes + right.SentBytes,
        DealtBytes = left.DealtBytes + right.DealtBytes,
        Multiplications = left.Multiplications + right.Multiplications,
        Elements = left.Elements + right.Elements,
    };

    public static OperationCost operator -(OperationCost left, OperationCost right) => left with
    {
        Rounds = left.Rounds - right.Rounds,
        SentBytes = left.SentBytes - right.SentBytes,
        DealtBytes = left.DealtBytes - right.DealtBytes,
        Multiplications = left.Multiplications - right.Multiplications,
        Elements = left.Elements - right.Elements,
    };
}
