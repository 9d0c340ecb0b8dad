using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MpcActors.Protocols;

namespace MpcActors.Actors.Nodes;

/// <summary>Self-signed certificates, known by their fingerprints: nobody is asked to vouch for them.</summary>
public static class NodeCertificate
{
    const int YearsValid = 10;

    /// <summary>A fresh key on P-256 and a certificate for it.</summary>
    public static X509Certificate2 Create(Role role, TimeProvider clock) => Create(role.Name(), clock);

    /// <param name="subject">A name for people.</param>
    public static X509Certificate2 Create(string subject, TimeProvider clock)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={subject}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        var now = clock.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddYears(YearsValid));
    }

    /// <summary>SHA-256 of the certificate: 64 hexadecimal digits.</summary>
    public static string FingerprintOf(X509Certificate certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
}
