using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace MpcActors.Data.Tests;

public sealed class SafetensorsTests
{
    static readonly Dictionary<string, FloatTensor> Sample = new()
    {
        ["b"] = new([1.5f, -2, float.MaxValue, float.Epsilon, 0, 7], [2, 3]),
        ["a"] = new([42], []),
        ["empty"] = new([], [0, 5]),
    };

    [Fact]
    public void What_is_written_is_read_again()
    {
        var read = Read(Write(Sample));
        Assert.Equal(Sample.Keys.Order(), read.Keys.Order());
        Assert.All(Sample, entry =>
        {
            Assert.Equal(entry.Value.Values, read[entry.Key].Values);
            Assert.Equal(entry.Value.Shape, read[entry.Key].Shape);
        });
    }

    [Fact]
    public void Halves_and_metadata_are_read_again()
    {
        var path = Path.GetTempFileName();
        using (var stream = System.IO.File.Create(path))
            Safetensors.Write(stream, new Dictionary<string, FloatTensor> { ["a"] = new([1.5f, -0.1f, 70000], [3]) }, isHalf: true, new Dictionary<string, string> { ["from"] = "\"here\"" });
        Assert.Equal([1.5f, (float)(Half)(-0.1f), float.PositiveInfinity], Safetensors.Read(path)["a"].Values);
        Assert.Equal(new Dictionary<string, string> { ["from"] = "\"here\"" }, Safetensors.ReadMetadata(path));
        System.IO.File.Delete(path);
    }

    [Fact]
    public void The_bytes_do_not_depend_on_the_order_of_the_tensors()
        => Assert.Equal(Write(Sample), Write(Sample.Reverse().ToDictionary()));

    [Fact]
    public void A_shape_that_does_not_fit_is_not_written()
        => Assert.Throws<ArgumentException>(() => Write(new() { ["a"] = new([1, 2], [3]) }));

    [Fact]
    public void Every_supported_type_is_read_as_float32()
    {
        byte[] data = [0x00, 0x3E, 0xC0, 0x3F, 0, 0, 0xC0, 0x3F, 0xFE, 0xFF, 0xFF, 0xFF, 3, 0, 0, 0, 0, 0, 0, 0];
        var read = Read(File("""
            {"__metadata__":{"x":"y"},"h":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},"b":{"dtype":"BF16","shape":[1],"data_offsets":[2,4]},
            "f":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"i":{"dtype":"I32","shape":[1],"data_offsets":[8,12]},"l":{"dtype":"I64","shape":[],"data_offsets":[12,20]}}
            """, data));
        Assert.Equal([1.5f, 1.5f, 1.5f, -2, 3], new[] { "h", "b", "f", "i", "l" }.Select(name => read[name].Values.Single()));
    }

    [Theory]
    [InlineData("[]", "JSON Array")]
    [InlineData("{", "not JSON")]
    [InlineData("""{"a":1}""", "tensor a is a JSON Number")]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,8]}}""", "tensor a lacks dtype")]
    [InlineData("""{"a":{"dtype":"F8","shape":[2],"data_offsets":[0,8]}}""", "tensor a has dtype F8")]
    [InlineData("""{"a":{"dtype":7,"shape":[2],"data_offsets":[0,8]}}""", "tensor a has dtype 7")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "needs 12")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "shape holds -2")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", "shape holds 2.5")]
    [InlineData("""{"a":{"dtype":"F32","shape":{},"data_offsets":[0,8]}}""", "shape is a JSON Object")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}""", "more than the 2 GiB")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2147483647,2147483647],"data_offsets":[0,8]}}""", "more than the 2 GiB")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,16]}}""", "within 0..8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "data_offsets [8, 0]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "end at 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "there is a gap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "overlaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "tensor a occurs twice")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "second or unknown field dtype")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "not text")]
    public void A_wrong_header_is_refused_with_file_tensor_and_reason(string header, string reason)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(File(header, new byte[8])));
        Assert.StartsWith("sample.safetensors: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hostile_header_length_allocates_nothing()
    {
        foreach (var length in new[] { ulong.MaxValue, 1UL << 63, 1UL << 40, 9UL })
        {
            var file = new byte[16];
            BinaryPrimitives.WriteUInt64LittleEndian(file, length);
            Assert.Contains($"claims {length} bytes", Assert.Throws<InvalidDataException>(() => Read(file)).Message, StringComparison.Ordinal);
        }

        Assert.Throws<InvalidDataException>(() => Read([1, 2, 3]));
    }

    [Fact]
    public void An_integer_that_float32_cannot_hold_is_refused()
    {
        var data = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(data, long.MinValue);
        var error = Assert.Throws<InvalidDataException>(() => Read(File("""{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}""", data)));
        Assert.Contains("tensor a holds -9223372036854775808", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Changed_bytes_give_tensors_or_a_refusal_and_nothing_else()
    {
        var good = Write(Sample);
        Prop.ForAll<(int, byte)[], int>((changes, cut) =>
        {
            var bad = good.ToArray();
            foreach (var (at, value) in changes)
                bad[(uint)at % bad.Length] = value;
            return Survives(cut % 3 == 0 ? bad[..(int)((uint)cut % bad.Length)] : bad);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1500));
    }

    [Fact]
    public void Changed_header_words_give_tensors_or_a_refusal_and_nothing_else()
    {
        string[] pieces = ["{", "}", "[", "]", ",", ":", "\"a\"", "\"b\"", "\"dtype\"", "\"shape\"", "\"data_offsets\"", "\"F32\"", "\"I64\"", "0", "4", "8", "-1", "1e9", "null", "9223372036854775807", "\"\\ud800\""];
        var words = """{ "a" : { "dtype" : "F32" , "shape" : [ 1 ] , "data_offsets" : [ 0 , 4 ] } , "b" : { "dtype" : "F32" , "shape" : [ 1 ] , "data_offsets" : [ 4 , 8 ] } }""".Split(' ');
        Prop.ForAll<(int, int), (int, int)>((first, second) =>
        {
            var changed = words.ToArray();
            foreach (var (at, piece) in new[] { first, second })
                changed[(uint)at % changed.Length] = pieces[(uint)piece % pieces.Length];
            return Survives(File(string.Concat(changed), new byte[8]));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1500));
    }

    static bool Survives(byte[] file)
    {
        try
        {
            return Read(file).Values.Sum(tensor => (long)tensor.Values.Length) <= file.Length;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }

    static IReadOnlyDictionary<string, FloatTensor> Read(byte[] file) => Safetensors.Read(new MemoryStream(file), "sample.safetensors");

    static byte[] Write(Dictionary<string, FloatTensor> tensors)
    {
        var stream = new MemoryStream();
        Safetensors.Write(stream, tensors);
        return stream.ToArray();
    }

    static byte[] File(string header, byte[] data)
    {
        var prefix = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)Encoding.UTF8.GetByteCount(header));
        return [.. prefix, .. Encoding.UTF8.GetBytes(header), .. data];
    }
}
