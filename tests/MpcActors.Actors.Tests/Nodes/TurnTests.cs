using MpcActors.Actors.Nodes;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Actors.Tests.Nodes;

/// <summary>Sessions that take turns at the same addresses, and are told by their names.</summary>
public sealed class TurnTests
{
    [Fact]
    public async Task Who_comes_out_of_turn_waits_without_a_word_and_takes_part_in_its_turn()
    {
        var loopback = new Loopback(Role.PartyZero, Role.PartyOne, Role.DataOwner);
        string[] begun = await Task.WhenAll(Party(Role.PartyZero), Party(Role.PartyOne), Owner()).WaitAsync(Loopback.Patience);

        Assert.Equal(["the owner's turn", "the owner's turn", "the owner's turn"], begun);
        Assert.DoesNotContain(loopback.Log, line => line.Contains("refused", StringComparison.Ordinal));

        Task<string> Owner() => Task.Run(async () => await Session(Role.DataOwner, "owner", null, async port =>
        {
            port.Send(Role.PartyZero, [1]);
            await port.Receive(Role.PartyZero);
        }));

        Task<string> Party(Role role) => Task.Run(async () =>
        {
            // Long enough that the owner has come meanwhile: it is its dialling that is waited for.
            await Session(role, "parties", "no turn of the owner's", async port =>
            {
                for (var round = 0; round < 500; round++)
                {
                    port.Send(role == Role.PartyZero ? Role.PartyOne : Role.PartyZero, [2]);
                    await port.Receive(role == Role.PartyZero ? Role.PartyOne : Role.PartyZero);
                }
            });
            return await Session(role, "owner", "the owner's turn", async port =>
            {
                if (role == Role.PartyZero) port.Send(Role.DataOwner, await port.Receive(Role.DataOwner));
            });
        });

        async Task<string> Session(Role role, string turn, string? purpose, RoleProgram program)
        {
            var told = "";
            var settings = loopback.Settings(role);
            var roles = settings.Roles.Where(other => turn == "owner" || other.Key != Role.DataOwner).ToDictionary();
            await Node.RunNamedAsync(
                settings with
                {
                    Roles = roles,
                    Coordinator = Role.PartyOne,
                    Turn = new(turn, settings.Roles.Where(other => !roles.ContainsKey(other.Key)).Select(other => other.Value.Fingerprint).ToHashSet(), IsAwaited: role == Role.DataOwner),
                },
                name =>
                {
                    told = name.Purpose;
                    return program;
                },
                role == Role.PartyOne ? new(Seed.FromNumber(7), purpose!) : null);
            return told;
        }
    }

    [Fact]
    public async Task Who_waits_for_its_turn_gives_up_when_nobody_is_there()
    {
        var loopback = new Loopback(Role.PartyZero, Role.DataOwner);
        var settings = loopback.Settings(Role.DataOwner) with
        {
            Coordinator = Role.PartyZero, Turn = new("owner", new HashSet<string>(), IsAwaited: true), Limits = loopback.Limits with { Connect = TimeSpan.FromMilliseconds(300) },
        };

        var failure = await Assert.ThrowsAsync<SessionFailedException>(() => Node.RunNamedAsync(settings, _ => _ => ValueTask.CompletedTask, null).WaitAsync(Loopback.Patience));

        Assert.Contains("data-owner has no connection with party-0", failure.Message, StringComparison.Ordinal);
        Assert.IsType<TimeoutException>(failure.InnerException);
    }

    [Theory]
    [InlineData("a line\nand another")]
    [InlineData("à la carte")]
    public async Task A_purpose_that_cannot_be_shown_is_refused(string purpose)
    {
        var loopback = new Loopback(Role.PartyZero, Role.PartyOne);

        await Assert.ThrowsAsync<ArgumentException>(() => Node.RunNamedAsync(loopback.Settings(Role.PartyZero), _ => _ => ValueTask.CompletedTask, new(Seed.Zero, purpose)));
        await Assert.ThrowsAsync<ArgumentException>(() => Node.RunNamedAsync(loopback.Settings(Role.PartyZero), _ => _ => ValueTask.CompletedTask, new(Seed.Zero, new string('a', 257))));
    }
}
