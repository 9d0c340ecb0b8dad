using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MpcActors.Actors.Nodes;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Actors.Tests.Nodes;

/// <summary>Who may not speak is refused, once noted, and the session goes on; what a role itself does wrong ends it with its name.</summary>
public sealed class StrangerTests
{
    static readonly X509Certificate2 Unknown = NodeCertificate.Create(Role.Dealer, TimeProvider.System);

    public static TheoryData<string, string> Strangers => new()
    {
        { "garbage", "speaks no TLS 1.3" },
        { "silent", "did not say who it is within" },
        { "gone", "broke off" },
        { "slow", "did not say who it is within" },
        { "no certificate", "" },
        { "unknown certificate", "is no role's" },
        { "dials the wrong way", "does not dial party-1" },
        { "another role", "says it is data-owner" },
        { "another version", "version 99" },
        { "oversized", "claims a head of" },
        { "malformed", "bytes are no message" },
        { "a frame first", "a payload of 100 bytes where at most 0" },
        { "no greeting", "begins with something else" },
    };

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task A_stranger_is_refused_and_noted_once_and_the_session_is_unharmed(string who, string why)
    {
        var loopback = new Loopback(Role.PartyZero, Role.PartyOne, Role.Dealer) { Limits = NodeLimits.Default with { Handshake = TimeSpan.FromMilliseconds(who is "silent" or "slow" ? 1_000 : 10_000) } };
        var one = loopback.Start(Role.PartyOne, Echo(Role.Dealer));

        for (var i = 0; i < 3; i++) await Visit(loopback, who);
        var zero = loopback.Start(Role.PartyZero, _ => ValueTask.CompletedTask);
        var dealer = loopback.Start(Role.Dealer, Asks);

        await Task.WhenAll(zero, one, dealer).WaitAsync(Loopback.Patience);
        var refusals = loopback.Log.Where(line => line.StartsWith("party-1: refused", StringComparison.Ordinal)).ToArray();
        Assert.Contains(why, Assert.Single(refusals), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_connection_of_a_role_is_refused_while_the_first_one_works()
    {
        var loopback = new Loopback(Role.PartyZero, Role.PartyOne);
        var settings = loopback.Settings(Role.PartyOne);
        var begun = new TaskCompletionSource();
        var zero = loopback.Start(Role.PartyZero, async port =>
        {
            begun.SetResult();
            await Echo(Role.PartyOne)(port);
        });
        var over = new TaskCompletionSource();
        var one = loopback.Start(Role.PartyOne, async port =>
        {
            // A program awaits frames alone, so it waits on its thread.
            over.Task.Wait(Loopback.Patience);
            port.Send(Role.PartyZero, [7]);
            await port.Receive(Role.PartyZero);
        });
        await begun.Task.WaitAsync(Loopback.Patience);

        using (var client = new TcpClient("127.0.0.1", loopback.Roles[Role.PartyZero].Port))
        {
            var (_, reader) = await Handshake.Dial(client.GetStream(), settings, Role.PartyZero, () => { }, CancellationToken.None);
            Assert.True(await IsClosed(reader));
        }

        over.SetResult();
        await Task.WhenAll(zero, one).WaitAsync(Loopback.Patience);
        Assert.Contains("party-0: refused a connection from 127.0.0.1: party-1 has a connection already", loopback.Log);
    }

    [Fact]
    public async Task Another_configuration_is_refused_and_both_sides_name_the_difference()
    {
        var loopback = new Loopback(Role.PartyZero, Role.PartyOne) { Limits = NodeLimits.Default with { Connect = TimeSpan.FromSeconds(5) } };

        var zero = loopback.Start(Role.PartyZero, _ => ValueTask.CompletedTask, settings => settings with { Facts = [new("attention", "softmax")] });
        var one = loopback.Start(Role.PartyOne, _ => ValueTask.CompletedTask, settings => settings with { Facts = [new("attention", "rfa")] });

        Assert.Equal("party-1 has attention = rfa, party-0 has attention = softmax", (await Failure(one)).Message);
        Assert.Contains("party-0 has attention = softmax, party-1 has attention = rfa", (await Failure(zero)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_shows_another_certificate_is_not_talked_to()
    {
        var loopback = new Loopback(Role.PartyZero, Role.PartyOne);
        var impostor = NodeCertificate.Create(Role.PartyZero, TimeProvider.System);
        var zero = loopback.Start(
            Role.PartyZero,
            _ => ValueTask.CompletedTask,
            settings => settings with
            {
                Certificate = impostor,
                Limits = settings.Limits with { Connect = TimeSpan.FromSeconds(2) },
                Roles = new Dictionary<Role, NodeAddress>(settings.Roles) { [Role.PartyZero] = settings.Roles[Role.PartyZero] with { Fingerprint = NodeCertificate.FingerprintOf(impostor) } },
            });
        var one = loopback.Start(Role.PartyOne, _ => ValueTask.CompletedTask);

        var failure = await Failure(one);
        Assert.Contains($"shows the certificate {NodeCertificate.FingerprintOf(impostor)}, but party-0's is {loopback.Roles[Role.PartyZero].Fingerprint}", failure.Message, StringComparison.Ordinal);
        await Failure(zero);
    }

    public static TheoryData<string, string> Misdeeds => new()
    {
        { "a frame before it joined", "before it joined a session" },
        { "another session", "has joined another session" },
        { "a frame of another sender", "party-1 sent party-0 frame 0 dealer → party-0" },
        { "a frame with another tag", "was altered on its way" },
        { "a replayed frame", "frame 0 party-1 → party-0 (8 bytes) came where frame 1 of that link was due" },
        { "an oversized frame", "claims a payload of" },
        { "malformed", "no message" },
        { "a greeting in the middle", "greets again" },
        { "taken more than sent", "took 5 bytes" },
        { "half a frame", "lost party-1" },
        { "silence", "has been silent for" },
    };

    [Theory]
    [MemberData(nameof(Misdeeds))]
    public async Task What_a_role_itself_does_wrong_ends_the_session_with_its_name(string what, string why)
    {
        var limits = NodeLimits.Default with { LargestPayload = 1 << 20, Silence = TimeSpan.FromMilliseconds(what == "silence" ? 300 : 30_000) };
        var loopback = new Loopback(Role.PartyZero, Role.PartyOne) { Limits = limits };
        var zero = loopback.Start(Role.PartyZero, async port =>
        {
            while (true) await port.Receive(Role.PartyOne);
        });

        using var client = await Dial(loopback.Roles[Role.PartyZero].Port);
        var (stream, reader) = await Handshake.Dial(client.GetStream(), loopback.Settings(Role.PartyOne), Role.PartyZero, () => { }, CancellationToken.None);
        if (what != "a frame before it joined")
        {
            var joined = (WireMessage.Joined)(await reader.Next(CancellationToken.None))!;
            await Write(stream, what == "another session" ? joined with { Run = joined.Run + 1 } : joined);
        }

        using var seal = new FrameSeal(loopback.Session.Derive("frames"));
        var frame = seal.Seal(new Frame(Role.PartyOne, Role.PartyZero, 0, Phase.Online, new byte[8]));
        switch (what)
        {
            case "a frame before it joined":
                await Write(stream, frame);
                break;
            case "a frame of another sender":
                await Write(stream, frame with { Frame = frame.Frame with { From = Role.Dealer } });
                break;
            case "a frame with another tag":
                await Write(stream, frame with { Tag = frame.Tag ^ 1 });
                break;
            case "a replayed frame":
                await Write(stream, frame);
                await Write(stream, frame);
                break;
            case "an oversized frame":
                await Write(stream, frame with { Frame = frame.Frame with { Payload = new byte[(1 << 20) + 1] } }, most: 100);
                break;
            case "malformed":
                await stream.WriteAsync(new byte[] { 1, 0, 0, 0, 0, 0, 0, 0, (byte)'Z', 0 });
                break;
            case "a greeting in the middle":
                await Write(stream, new WireMessage.Hello(1, Role.PartyOne, []));
                break;
            case "taken more than sent":
                await Write(stream, new WireMessage.Taken(5));
                break;
            case "half a frame":
                await Write(stream, frame, most: 30);
                client.Client.Shutdown(SocketShutdown.Send);
                break;
        }

        Assert.Contains(why, (await Failure(zero)).Message, StringComparison.Ordinal);
    }

    static RoleProgram Echo(Role other) => async port => port.Send(other, await port.Receive(other));

    static async ValueTask Asks(Port port)
    {
        port.Send(Role.PartyOne, new byte[] { 7 });
        Assert.Equal(7, (await port.Receive(Role.PartyOne)).Span[0]);
    }

    /// <summary>Comes to party one's door and waits until it is shown out.</summary>
    static async Task Visit(Loopback loopback, string who)
    {
        var target = Role.PartyOne;
        using var client = await Dial(loopback.Roles[target].Port);
        var stream = client.GetStream();
        var settings = loopback.Settings(Role.Dealer);
        switch (who)
        {
            case "garbage":
                await stream.WriteAsync("GET / HTTP/1.1\r\nHost: everyone\r\n\r\n"u8.ToArray());
                break;
            case "silent":
                break;
            case "gone":
                client.LingerState = new LingerOption(true, 0);
                client.Close();
                await Noted(loopback);
                return;
            case "slow":
                // The first bytes of a TLS greeting, one at a time.
                try
                {
                    foreach (var value in new byte[] { 22, 3, 1, 2 })
                    {
                        await stream.WriteAsync(new[] { value });
                        await Task.Delay(20);
                    }
                }
                catch (IOException)
                {
                    // Refused before it had said even that much.
                }

                break;
            case "no certificate" or "unknown certificate" or "dials the wrong way":
                await Tls(stream, who switch { "no certificate" => null, "unknown certificate" => Unknown, _ => loopback.Certificate(Role.PartyZero) });
                break;
            case "another role":
                await Greets(new WireMessage.Hello(Handshake.Version, Role.DataOwner, settings.Facts));
                break;
            case "another version":
                await Greets(new WireMessage.Hello(99, Role.Dealer, settings.Facts));
                break;
            case "a frame first":
                await Greets(new WireMessage.Data(new SealedFrame(new Frame(Role.Dealer, Role.PartyOne, 0, Phase.Online, new byte[100]), 0)));
                break;
            case "no greeting":
                await Greets(new WireMessage.Ping(7));
                break;
            case "oversized":
                await Writes([255, 255, 255, 127, 0, 0, 0, 0, (byte)'H']);
                break;
            case "malformed":
                await Writes([3, 0, 0, 0, 0, 0, 0, 0, (byte)'H', 0xc1, 0xc1, 0xc1]);
                break;
        }

        await ShownOut(client);
        await Noted(loopback);

        async Task Greets(WireMessage message)
        {
            var buffer = new ArrayBufferWriter<byte>();
            WireFormat.Write(buffer, message);
            await Writes(buffer.WrittenSpan.ToArray());
        }

        async Task Writes(byte[] bytes) => await (await Tls(stream, loopback.Certificate(Role.Dealer))).WriteAsync(bytes);
    }

    static async Task<SslStream> Tls(Stream stream, X509Certificate2? certificate)
    {
        var tls = new SslStream(stream);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "party-1",
            EnabledSslProtocols = SslProtocols.Tls13,
            ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
        });
        return tls;
    }

    static async Task<TcpClient> Dial(int port)
    {
        while (true)
        {
            try
            {
                var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", port);
                return client;
            }
            catch (SocketException)
            {
                await Task.Delay(20);
            }
        }
    }

    static async Task ShownOut(TcpClient client)
    {
        using var limit = new CancellationTokenSource(Loopback.Patience);
        var buffer = new byte[4096];
        try
        {
            while (await client.Client.ReceiveAsync(buffer, limit.Token) > 0)
            {
                // What the node still says does not matter.
            }
        }
        catch (SocketException)
        {
            // Reset: shown out, too.
        }
    }

    static async Task Noted(Loopback loopback)
    {
        while (!loopback.Log.Any(line => line.StartsWith("party-1: refused", StringComparison.Ordinal))) await Task.Delay(10);
    }

    static async Task<bool> IsClosed(WireReader reader)
    {
        try
        {
            return await reader.Next(CancellationToken.None) is null;
        }
        catch (IOException)
        {
            return true;
        }
    }

    static Task Write(SslStream stream, SealedFrame message, int most = int.MaxValue) => Write(stream, new WireMessage.Data(message), most);

    static async Task Write(SslStream stream, WireMessage message, int most = int.MaxValue)
    {
        var buffer = new ArrayBufferWriter<byte>();
        WireFormat.Write(buffer, message);
        if (message is WireMessage.Data data) buffer.Write(data.Message.Frame.Payload.Span);
        await stream.WriteAsync(buffer.WrittenMemory[..Math.Min(most, buffer.WrittenCount)]);
    }

    static async Task<SessionFailedException> Failure(Task<NodeOutcome> node) =>
        await Assert.ThrowsAsync<SessionFailedException>(() => node.WaitAsync(Loopback.Patience));
}
