using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MpcActors.Ring;

namespace MpcActors.Cli;

/// <summary>The files of a role's own process.</summary>
static class RoleFiles
{
    /// <exception cref="BadInputException">The files are no certificate with its key.</exception>
    public static X509Certificate2 Certificate(RoleBlock own, Func<string, string> beside) => BadInputException.Check(() =>
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(beside(own.Certificate), beside(own.Key));
        }
        catch (Exception problem) when (problem is CryptographicException or ArgumentException)
        {
            throw new BadInputException($"'{own.Certificate}' and '{own.Key}' are no certificate with its key ({problem.Message}); 'mpc certs' makes some", problem);
        }
    });

    /// <exception cref="BadInputException">The file holds no secret.</exception>
    public static Seed Secret(string file, Func<string, string> beside)
    {
        var text = BadInputException.Check(() => File.ReadAllText(beside(file))).Trim();
        return UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var secret) && text.Length == 2 * Seed.Bytes
            ? new Seed(secret)
            : throw new BadInputException($"'{file}' holds no secret: {2 * Seed.Bytes} hexadecimal digits were due");
    }
}
