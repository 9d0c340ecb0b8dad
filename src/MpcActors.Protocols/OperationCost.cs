namespace MpcActors.Protocols;

/// <summary>What one operation of a program took at one role, all of its calls together.</summary>
/// <param name="Path">Where the program was: outer names before inner ones, parted by slashes; empty outside of any.</param>
/// <param name="SentBytes">To the other computing party, online.</param>
public readonly record struct OperationCost(string Path, int Rounds, long SentBytes, long DealtBytes, long Multiplications, long Elements)
{
    public OperationCost(string path) : this(path, 0, 0, 0, 0, 0)
    {
    }

    /// <summary>The innermost name: what was done.</summary>
    public string Operation => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>What one of <paramref name="times"/> equal runs took.</summary>
    public static OperationCost operator /(OperationCost cost, int times) => cost with
    {
        Rounds = cost.Rounds / times,
        SentBytes = cost.SentBytes / times,
        DealtBytes = cost.DealtBytes / times,
        Multiplications = cost.Multiplications / times,
        Elements = cost.Elements / times,
    };

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
