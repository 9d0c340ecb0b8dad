using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace MpcActors.Tuning;

/// <summary>Everything that decides a run's bytes, by the names that a user knows: settings, labels and texts.</summary>
/// <remarks>
/// A session is named by a hash of them, so that whatever is other has other masks; a checkpoint holds them in words, so that what is other can be said.
/// </remarks>
public sealed class RunFacts
{
    readonly (string Name, string Value)[] _facts;

    /// <param name="settings">By their names; none twice.</param>
    /// <param name="sets">What each set is, and the hash of all that is in it.</param>
    public RunFacts(IEnumerable<(string Name, string Value)> settings, params ReadOnlySpan<(string Name, byte[] Hash)> sets) =>
        _facts = [.. settings, .. sets.ToArray().Select(set => ($"hash of the {set.Name} texts and their classes", Convert.ToHexStringLower(set.Hash)))];

    /// <summary>Of what a run is called.</summary>
    public byte[] Hash() => SHA256.HashData(StateStream.Write("", Write));

    /// <summary>A set of texts to the last bit.</summary>
    /// <param name="more">Of the same texts.</param>
    public static byte[] HashOf(TextSet set, params ReadOnlySpan<int[]> more)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{set.Name} {set.Batch.Texts} {set.Batch.Width}\n"));
        hash.AppendData(MemoryMarshal.AsBytes(set.Batch.Lengths.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(set.Labels.AsSpan()));
        foreach (var numbers in more) hash.AppendData(MemoryMarshal.AsBytes(numbers.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(set.Batch.Rows.AsSpan()));
        return hash.GetHashAndReset();
    }

    internal void Write(BinaryWriter writer)
    {
        writer.Write(_facts.Length);
        foreach (var (name, value) in _facts)
        {
            writer.Write(name);
            writer.Write(value);
        }
    }

    /// <exception cref="InvalidDataException">What was written of a run is not of this one; the message names the first difference.</exception>
    internal void Require(BinaryReader reader, string path)
    {
        var kept = new Dictionary<string, string>();
        for (var left = reader.ReadCount(); left > 0; left--) kept[reader.ReadString()] = reader.ReadString();
        foreach (var (name, value) in _facts)
            if (kept.GetValueOrDefault(name) is var found && found != value)
                throw new InvalidDataException(
                    $"{path} belongs to a run with other settings or other data: its {name} is {found ?? "not said"}, and {value} is asked for; repeat those, name another folder, or remove it to start anew");
    }
}
