using System.Net;
using System.Net.Sockets;
using MpcActors.Actors.Nodes;
using MpcActors.Network;
using MpcActors.Protocols;

namespace MpcActors.Actors.Tests.Nodes;

public sealed class LinkShaperTests
{
    static readonly LinkProfile Quick = new("quick", TimeSpan.FromMilliseconds(1), 1_000_000_000);

    [Theory]
    [InlineData(1)]
    [InlineData(1 << 14)]
    [InlineData(3_000_001)]
    public async Task Bytes_of_both_directions_arrive_whole_and_in_their_order_and_so_does_the_end(int bytes)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var shaper = new LinkShaper(Quick, (IPEndPoint)listener.LocalEndpoint);
        using var near = new TcpClient();
        await near.ConnectAsync(shaper.Address).WaitAsync(Loopback.Patience);
        using var far = await listener.AcceptTcpClientAsync().WaitAsync(Loopback.Patience);
        var (there, back) = (Bytes(bytes, 1), Bytes(bytes, 2));

        var (nearStream, farStream) = (near.GetStream(), far.GetStream());
        var sent = Task.WhenAll(Send(nearStream, there), Send(farStream, back));
        var (arrived, returned) = (await ReadToEnd(farStream), await ReadToEnd(nearStream));
        await sent;

        Assert.Equal(there, arrived);
        Assert.Equal(back, returned);
    }

    [Fact]
    public async Task Nodes_send_the_same_over_a_shaped_link()
    {
        var plain = new Loopback(Role.PartyZero, Role.PartyOne);
        using var shaper = new LinkShaper(Quick, new IPEndPoint(IPAddress.Loopback, plain.Roles[Role.PartyZero].Port));
        var (sent, received) = (Bytes(100_000, 3), Array.Empty<byte>());

        var zero = plain.Start(Role.PartyZero, async port => received = (await port.Receive(Role.PartyOne)).ToArray());
        var one = plain.Start(
            Role.PartyOne,
            port =>
            {
                port.Send(Role.PartyZero, sent);
                return ValueTask.CompletedTask;
            },
            settings => settings with { Roles = new Dictionary<Role, NodeAddress>(settings.Roles) { [Role.PartyZero] = settings.Roles[Role.PartyZero] with { Port = shaper.Address.Port } } });
        await Task.WhenAll(zero, one).WaitAsync(Loopback.Patience);

        Assert.Equal(sent, received);
    }

    [Fact]
    public void A_profile_with_loss_is_refused()
    {
        var refused = Assert.Throws<ArgumentException>(() => new LinkShaper(Quick with { Loss = 0.1 }, new IPEndPoint(IPAddress.Loopback, 1)));
        Assert.Contains("quick has jitter or loss", refused.Message, StringComparison.Ordinal);
    }

    static byte[] Bytes(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    static async Task Send(NetworkStream stream, byte[] bytes)
    {
        await stream.WriteAsync(bytes);
        stream.Socket.Shutdown(SocketShutdown.Send);
    }

    static async Task<byte[]> ReadToEnd(NetworkStream stream)
    {
        var read = new MemoryStream();
        await stream.CopyToAsync(read).WaitAsync(Loopback.Patience);
        return read.ToArray();
    }
}
