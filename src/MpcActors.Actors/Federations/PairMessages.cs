using System.Globalization;
using System.Text.Json;
using MpcActors.Models;
using MpcActors.Protocols;

namespace MpcActors.Actors.Federations;

/// <summary>What the first pair's server tells another one: what to do. Public.</summary>
/// <param name="Id">Of the federation.</param>
sealed record PairTask(string Id, PairOrder Order)
{
    /// <param name="clients">That there are.</param>
    /// <exception cref="ProtocolViolationException">The bytes are no order, or one that cannot be.</exception>
    public static PairTask FromBytes(ReadOnlySpan<byte> bytes, int clients)
    {
        var task = PublicMessage.Read<PairTask>(bytes, "the server's order");
        return PairMessages.IsHash(task.Id, 32) && task.Order is { Model: { } model, Past: { } past, Clients: { } given, Round: null or (>= 0 and < 10_000) }
            && (model.Length == 0 || PairMessages.IsHash(model, 32)) && (past.Length == 0 || PairMessages.IsHash(past, 64))
            && given.All(client => client is not null && client.Client >= 0 && client.Client < clients && (client.Texts is null || PairMessages.IsHash(client.Texts, 32)))
                ? task
                : throw new ProtocolViolationException("the server orders what cannot be done");
    }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);
}

/// <summary>What another pair's server answers. Public.</summary>
/// <param name="Lost">Why the pair cannot go on; null where it can.</param>
/// <param name="Result">Null as long as it is at work.</param>
sealed record PairAnswer(string? Lost, PairResult? Result)
{
    const int LongestText = 2000;

    /// <param name="order">What was asked for.</param>
    /// <exception cref="ProtocolViolationException">The bytes are no answer, or none to that.</exception>
    public static PairAnswer FromBytes(ReadOnlySpan<byte> bytes, PairOrder order)
    {
        var answer = PublicMessage.Read<PairAnswer>(bytes, "a pair's answer");
        if (answer is { Lost: null, Result: { } result } && !Answers(result, order)) throw new ProtocolViolationException("a pair answers something else than what it was asked");
        return answer with { Lost = answer.Lost is { } lost ? PairMessages.Printable(lost, LongestText) : null, Result = answer.Result is { } known ? known with { Clients = [.. known.Clients.Select(Clean)] } : null };
    }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    static ClientResult Clean(ClientResult client) => client with { Failure = client.Failure is { } failure ? PairMessages.Printable(failure, LongestText) : null };

    static bool Answers(PairResult result, PairOrder order) =>
        PairMessages.IsHash(result.Model, 32) && (order.Model.Length == 0 || result.Model == order.Model) && result.Opened is null == order.Round is not null && IsSession(result.Opened)
        && result.Clients is { } clients && clients.Count == order.Clients.Count && clients.Zip(order.Clients).All(both => IsOf(both.First, both.Second, order.Round is not null));

    static bool IsOf(ClientResult? client, PairClient asked, bool trains) =>
        client is not null && client.Client == asked.Client && (client.Texts is null || PairMessages.IsHash(client.Texts, 32)) && (asked.Texts is null || client.Texts == asked.Texts)
        && IsSession(client.Join) && IsSession(client.Training) && (client.Join is null && client.Training is null || client.Texts is not null)
        && (trains ? client.Training is null == client.Failure is not null : client.Training is null);

    static bool IsSession(SessionResult? session) => session is null
        || PairMessages.IsHash(session.Transcript, 64) && session.Cost is { Seconds: >= 0 and < double.MaxValue, Rounds: >= 0, DealtBytes: >= 0, SentBytes: [>= 0, >= 0] };
}

static class PairMessages
{
    /// <summary>Of two sessions between servers: in one an order is given, in the other it is asked what came of it.</summary>
    const string Order = "order ", Answer = "answer ";

    public static string Ordering(int number) => Order + number.ToString(CultureInfo.InvariantCulture);

    public static string Asking(int number) => Answer + number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The number of an order, or null where the purpose is none.</summary>
    public static int? Ordered(string purpose) => NumberOf(purpose, Order);

    /// <summary>The number of an order that is asked for.</summary>
    public static int? Asked(string purpose) => NumberOf(purpose, Answer);

    public static bool IsHash(string? text, int digits) => text is not null && text.Length == digits && text.All(char.IsAsciiHexDigitLower);

    public static string Printable(string text, int longest) => new([.. text.Take(longest).Select(letter => char.IsControl(letter) ? ' ' : letter)]);

    static int? NumberOf(string purpose, string what) =>
        purpose.StartsWith(what, StringComparison.Ordinal) && int.TryParse(purpose.AsSpan(what.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
