using System.Buffers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MpcActors.Protocols;

namespace MpcActors.Actors.Nodes;

/// <summary>A connection was refused; the message says who differs in what.</summary>
public sealed class HandshakeException : Exception
{
    public HandshakeException()
    {
    }

    public HandshakeException(string message)
        : base(message)
    {
    }

    public HandshakeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>A connection is for another session than the one whose turn it is: nothing is wrong, and it may be tried again.</summary>
internal sealed class OtherTurnException() : IOException("it is for another session");

/// <summary>From a bare connection to one with a role whose certificate is the pinned one and who means the same session.</summary>
internal static class Handshake
{
    /// <summary>Moves on with every change of what nodes say to each other.</summary>
    public const int Version = 3;

    const string Application = "mpc-actors";

    /// <summary>Compared after all others.</summary>
    const string TurnFact = "turn";

    /// <summary>What a refusal says that is none for good.</summary>
    const string NotYet = "another session is under way";

    /// <summary>As the one who dialled <paramref name="peer"/>.</summary>
    /// <exception cref="HandshakeException">Another certificate, or another session.</exception>
    public static async Task<(SslStream Stream, WireReader Reader)> Dial(Stream connection, NodeSettings settings, Role peer, Action heard, CancellationToken cancellation)
    {
        string? found = null;
        var stream = new SslStream(connection, leaveInnerStreamOpen: false);
        try
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = peer.Name(),
                EnabledSslProtocols = SslProtocols.Tls13,
                ApplicationProtocols = [new SslApplicationProtocol(Application)],
                ClientCertificateContext = SslStreamCertificateContext.Create(settings.Certificate, null, offline: true),
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                AllowTlsResume = false,
                RemoteCertificateValidationCallback = (_, certificate, _, _) => (found = Fingerprint(certificate)) == settings.Roles[peer].Fingerprint,
            }, cancellation);
        }
        catch (AuthenticationException problem) when (found is not null && found != settings.Roles[peer].Fingerprint)
        {
            throw new HandshakeException($"{settings.Roles[peer]} shows the certificate {found}, but {peer.Name()}'s is {settings.Roles[peer].Fingerprint}", problem);
        }

        return (stream, await Greet(stream, settings, peer, heard, cancellation));
    }

    /// <summary>As the one who listens; who dialled is known by the certificate.</summary>
    /// <param name="isConnected">Whether a role has a connection in this session already.</param>
    /// <exception cref="HandshakeException">An unknown certificate, or another session.</exception>
    /// <exception cref="OtherTurnException">It comes for another session, whose turn may be next.</exception>
    public static async Task<(SslStream Stream, WireReader Reader, Role Peer)> Accept(Stream connection, NodeSettings settings, Func<Role, bool> isConnected, Action heard, CancellationToken cancellation)
    {
        string? found = null;
        Role? peer = null;
        var stream = new SslStream(connection, leaveInnerStreamOpen: false);
        try
        {
            await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls13,
                ApplicationProtocols = [new SslApplicationProtocol(Application)],
                ServerCertificateContext = SslStreamCertificateContext.Create(settings.Certificate, null, offline: true),
                ClientCertificateRequired = true,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                AllowRenegotiation = false,
                AllowTlsResume = false,
                RemoteCertificateValidationCallback = (_, certificate, _, _) => (peer = RoleOf(settings, found = Fingerprint(certificate))) is not null || IsOfOthers(settings, found),
            }, cancellation);
        }
        catch (AuthenticationException problem)
        {
            throw new HandshakeException(found is null ? "it speaks no TLS 1.3 that this node knows, or shows no certificate" : $"it shows the certificate {found}, which is no role's", problem);
        }

        if (settings.Turn is not null && (peer is { } known ? isConnected(known) : IsOfOthers(settings, found))) throw new OtherTurnException();
        var role = peer ?? throw new HandshakeException("it shows no certificate");
        if (role <= settings.Self) throw new HandshakeException($"it has the certificate of {role.Name()}, which does not dial {settings.Self.Name()}: of two roles the later one dials");
        return (stream, await Greet(stream, settings, role, heard, cancellation), role);
    }

    static async Task<WireReader> Greet(SslStream stream, NodeSettings settings, Role peer, Action heard, CancellationToken cancellation)
    {
        IReadOnlyList<Fact> facts = settings.Turn is { } turn ? [.. settings.Facts, new(TurnFact, turn.Of)] : settings.Facts;
        await Write(stream, new WireMessage.Hello(Version, settings.Self, facts), cancellation);
        var reader = new WireReader(stream, heard);
        var first = await reader.Next(cancellation);
        if (first is null) throw new EndOfStreamException("it closed the connection without a greeting");
        if (first is WireMessage.Refused { Cause: NotYet }) throw new OtherTurnException();
        if (first is WireMessage.Refused { Cause: var cause }) throw new HandshakeException($"{peer.Name()} refuses this node: {cause}");
        var difference = first is WireMessage.Hello hello ? Difference(settings, facts, peer, hello) : $"{peer.Name()} begins with something else than a greeting";
        if (difference is null)
        {
            reader.LargestPayload = settings.Limits.LargestPayload;
            return reader;
        }

        await Write(stream, new WireMessage.Refused(difference), cancellation);
        throw difference == NotYet ? new OtherTurnException() : new HandshakeException(difference);
    }

    /// <summary>The first thing in which the peer's greeting is not this node's; null where they agree.</summary>
    static string? Difference(NodeSettings settings, IReadOnlyList<Fact> facts, Role peer, WireMessage.Hello hello)
    {
        var (self, name) = (settings.Self.Name(), peer.Name());
        if (hello.Version != Version) return $"{name} speaks version {hello.Version} of the protocol, {self} speaks version {Version}";
        if (hello.Role != peer) return $"a node with the certificate of {name} says it is {hello.Role.Name()}";
        foreach (var (fact, value) in facts)
            if (hello.Facts.FirstOrDefault(other => other.Name == fact) is not { } theirs) return $"{self} has {fact} = {value}, {name} has none";
            else if (theirs.Value != value) return fact == TurnFact ? NotYet : $"{self} has {fact} = {value}, {name} has {fact} = {theirs.Value}";
        var more = hello.Facts.FirstOrDefault(theirs => facts.All(fact => fact.Name != theirs.Name));
        return more is null ? null : $"{name} has {more.Name} = {more.Value}, {self} has none";
    }

    static async Task Write(SslStream stream, WireMessage message, CancellationToken cancellation)
    {
        var buffer = new ArrayBufferWriter<byte>();
        WireFormat.Write(buffer, message);
        await stream.WriteAsync(buffer.WrittenMemory, cancellation);
        await stream.FlushAsync(cancellation);
    }

    static bool IsOfOthers(NodeSettings settings, string? fingerprint) => fingerprint is not null && settings.Turn?.Others.Contains(fingerprint) == true;

    static string? Fingerprint(X509Certificate? certificate) => certificate is null ? null : NodeCertificate.FingerprintOf(certificate);

    static Role? RoleOf(NodeSettings settings, string? fingerprint)
    {
        foreach (var (role, address) in settings.Roles)
            if (address.Fingerprint == fingerprint) return role;
        return null;
    }
}
