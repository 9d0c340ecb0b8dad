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

    public static void Read(byte[] state, string heading, Action<BinaryReader> body) => Read(new MemoryStream(state), heading, body);

    /// <param name="state">Is disposed of.</param>
    public static void Read(Stream state, string heading, Action<BinaryReader> body)
    {
        try
        {
            using var reader = new BinaryReader(state);
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

    /// <summary>How many there are, and each.</summary>
    public static void WriteNumbers(this BinaryWriter writer, double[] numbers)
    {
        writer.Write(numbers.Length);
        writer.Write((ReadOnlySpan<double>)numbers);
    }

    public static double[] ReadNumbers(this BinaryReader reader)
    {
        var numbers = new double[reader.ReadCount()];
        reader.ReadInto(numbers);
        return numbers;
    }

    /// <summary>[rows, columns], behind both.</summary>
    public static void WriteTable(this BinaryWriter writer, double[,] table)
    {
        writer.Write(table.GetLength(0));
        writer.Write(table.GetLength(1));
        foreach (var number in table) writer.Write(number);
    }

    public static double[,] ReadTable(this BinaryReader reader)
    {
        var table = new double[reader.ReadCount(), reader.ReadCount()];
        for (var row = 0; row < table.GetLength(0); row++)
            for (var column = 0; column < table.GetLength(1); column++) table[row, column] = reader.ReadDouble();
        return table;
    }

    /// <exception cref="InvalidDataException">More than the file could hold.</exception>
    public static int ReadCount(this BinaryReader reader)
    {
        var count = reader.ReadInt32();
        return count >= 0 && count <= reader.BaseStream.Length
            ? count
            : throw new InvalidDataException($"the saved state counts {count} items in {reader.BaseStream.Length} bytes");
    }
}
