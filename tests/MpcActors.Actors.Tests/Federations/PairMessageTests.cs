using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MpcActors.Actors.Federations;
using MpcActors.Protocols;

namespace MpcActors.Actors.Tests.Federations;

/// <summary>What servers of several pairs say to each other is checked before anything is done with it.</summary>
public sealed class PairMessageTests
{
    static readonly string Long = new('a', 64), Short = new('b', 32);

    static readonly PairOrder Order = new(2, Short, Long, [new(1, Short), new(3, null)]);

    static readonly SessionResult Session = new(Long, new(1.5, 3, [4, 5], 6));

    static readonly PairResult Result = new(Short, null, [new(1, Short, null, Session, null), new(3, Short, Session, null, "client-4 is gone")]);

    [Fact]
    public void Orders_and_answers_arrive_as_they_were_sent()
    {
        var task = PairTask.FromBytes(new PairTask(Short, Order).ToBytes(), clients: 4);
        Assert.Equal((Short, 2, Short, Long), (task.Id, task.Order.Round, task.Order.Model, task.Order.Past));
        Assert.Equal(Order.Clients, task.Order.Clients);

        var answer = PairAnswer.FromBytes(new PairAnswer(null, Result).ToBytes(), Order);
        Assert.Equal(JsonSerializer.Serialize(Result), JsonSerializer.Serialize(answer.Result));
        Assert.Equal("round 3 updates 2 from pair 2", answer.Result!.Updates(Order, 1)!.Name);
        Assert.Null(PairAnswer.FromBytes(new PairAnswer(null, null).ToBytes(), Order).Result);
        Assert.Equal("it is gone", PairAnswer.FromBytes(new PairAnswer("it is\tgone", null).ToBytes(), Order).Lost);

        var opening = new PairOrder(null, "", "", [new(0, Short)]);
        Assert.NotNull(PairAnswer.FromBytes(new PairAnswer(null, new(Short, Session, [new(0, Short, Session, null, null)])).ToBytes(), opening).Result);
    }

    [Theory]
    [InlineData("Id", "\"xyz\"")]
    [InlineData("Order", "null")]
    [InlineData("Order.Round", "-1")]
    [InlineData("Order.Past", "\"../..\"")]
    [InlineData("Order.Past", "null")]
    [InlineData("Order.Model", "\"b\"")]
    [InlineData("Order.Clients", "null")]
    [InlineData("Order.Clients", "[null]")]
    [InlineData("Order.Clients", "[{\"Client\":4}]")]
    [InlineData("Order.Clients", "[{\"Client\":-1}]")]
    [InlineData("Order.Clients", "[{\"Client\":0,\"Texts\":\"x\"}]")]
    public void An_order_that_cannot_be_is_refused(string at, string value) =>
        Assert.ThrowsAny<ProtocolViolationException>(() => PairTask.FromBytes(With(new PairTask(Short, Order).ToBytes(), at, value), clients: 4));

    [Theory]
    [InlineData("Result.Model", "\"0\"")]
    [InlineData("Result.Opened", "{\"Transcript\":\"L\",\"Cost\":{\"Seconds\":1,\"Rounds\":1,\"SentBytes\":[1,1],\"DealtBytes\":1}}")]
    [InlineData("Result.Clients", "null")]
    [InlineData("Result.Clients", "[]")]
    [InlineData("Result.Clients", "[null,null]")]
    [InlineData("Result.Clients.0.Client", "0")]
    [InlineData("Result.Clients.0.Texts", "\"cccccccccccccccccccccccccccccccc\"")]
    [InlineData("Result.Clients.1.Texts", "null")]
    [InlineData("Result.Clients.0.Training", "null")]
    [InlineData("Result.Clients.0.Failure", "\"but it trained\"")]
    [InlineData("Result.Clients.0.Training.Transcript", "\"short\"")]
    [InlineData("Result.Clients.0.Training.Cost", "null")]
    [InlineData("Result.Clients.0.Training.Cost.Seconds", "-1")]
    [InlineData("Result.Clients.0.Training.Cost.Rounds", "-1")]
    [InlineData("Result.Clients.0.Training.Cost.SentBytes", "[1]")]
    [InlineData("Result.Clients.0.Training.Cost.SentBytes", "null")]
    [InlineData("Result.Clients.0.Training.Cost.DealtBytes", "-1")]
    public void An_answer_that_cannot_be_is_refused(string at, string value)
    {
        var bytes = With(new PairAnswer(null, Result).ToBytes(), at, value.Replace("\"L\"", $"\"{Long}\"", StringComparison.Ordinal));

        Assert.ThrowsAny<ProtocolViolationException>(() => PairAnswer.FromBytes(bytes, Order));
    }

    [Fact]
    public void Mutilated_answers_are_refused_or_are_answers()
    {
        var (bytes, known) = (new PairAnswer(null, Result).ToBytes(), 0);
        for (var i = 0; i < 20_000; i++)
        {
            var random = new Random(i);
            var mutant = (byte[])bytes.Clone();
            for (var change = random.Next(1, 4); change > 0; change--) mutant[random.Next(mutant.Length)] = (byte)random.Next(' ', '~' + 1);
            try
            {
                var answer = PairAnswer.FromBytes(mutant, Order);
                if (answer is not { Lost: null, Result: { } result }) continue;
                known++;
                Assert.Equal([1, 3], result.Clients.Select(client => client.Client));
                _ = result.Sessions;
            }
            catch (ProtocolViolationException)
            {
                // Refused.
            }
        }

        Assert.True(known > 0);
    }

    static byte[] With(byte[] json, string at, string value)
    {
        var (root, path) = (JsonNode.Parse(json)!, at.Split('.'));
        var parent = path[..^1].Aggregate(root, (node, name) => int.TryParse(name, out var index) ? node[index]! : node[name]!);
        parent[path[^1]] = JsonNode.Parse(value);
        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }
}
