using System.Runtime.InteropServices;

namespace MpcActors.Tuning;

/// <summary>Little-endian numbers one after the other, behind a heading that names the kind and the sizes they belong to.</summary>
internal static class StateStream
{
    public static byte[] Write(string heading, Action<BinaryWriter> body)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(heading);
        body(writer);
        writer.Flush();
        return stream.ToArray();
    }

    public static void Read(byte[] state, string heading, Action<BinaryReader> body)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(state));
            var found = reader.ReadString();
            if (found != heading)
                throw new InvalidDataException($"the saved state is of '{found}', not of '{heading}'");
            body(reader);
            if (reader.BaseStream.Position != state.Length)
                throw new InvalidDataException($"the saved state of '{heading}' has {state.Length - reader.BaseStream.Position} bytes too many");
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException($"the saved state of '{heading}' ends too early", e);
        }
    }

    public static void Write(this BinaryWriter writer, ReadOnlySpan<double> numbers) => writer.Write(MemoryMarshal.AsBytes(numbers));

    public static void ReadInto(this BinaryReader reader, Span<double> numbers) => reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(numbers));
}
