using System.Buffers.Binary;
using System.Text;

namespace MpcActors.Data.Tests;

public sealed class SafetensorsFileTests : IDisposable
{
    readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void A_mapped_tensor_is_the_one_that_reading_all_gives()
    {
        var tensors = new Dictionary<string, FloatTensor> { ["b"] = new([1.5f, -2, float.MaxValue, float.Epsilon, 0, 7], [2, 3]), ["a"] = new([42], []), ["empty"] = new([], [0, 5]) };
        using (var stream = File.Create(path)) Safetensors.Write(stream, tensors);
        using var file = new SafetensorsFile(path);
        Assert.Equal(["a", "b", "empty"], file.Names);
        Assert.All(tensors, entry =>
        {
            Assert.Equal(entry.Value.Values, file.Read(entry.Key));
            Assert.Equal(entry.Value.Shape, file.ShapeOf(entry.Key)!);
        });
        Assert.Equal("F32", file.TypeOf("a"));
        Assert.Null(file.ShapeOf("c"));
        Assert.Contains("tensor c is missing", Assert.Throws<InvalidDataException>(() => file.Read("c")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_of_bytes_may_stand_beside_the_weights_but_is_none()
    {
        Write("""{"mask":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"h":{"dtype":"F16","shape":[1],"data_offsets":[3,5]},"b":{"dtype":"BF16","shape":[1],"data_offsets":[5,7]}}""", [1, 2, 3, 0x00, 0x3E, 0xC0, 0x3F]);
        using var file = new SafetensorsFile(path);
        // The values lie at odd addresses.
        Assert.Equal([1.5f], file.Read("h"));
        Assert.Equal([1.5f], file.Read("b"));
        Assert.Contains("mask has dtype U8", Assert.Throws<InvalidDataException>(() => file.Read("mask")).Message, StringComparison.Ordinal);
        Assert.Contains("mask has dtype U8", Assert.Throws<InvalidDataException>(() => Safetensors.Read(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "overlaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", "within 0..8")]
    [InlineData("{", "not JSON")]
    public void A_hostile_header_is_refused_before_the_file_is_mapped(string header, string reason)
    {
        Write(header, new byte[8]);
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => new SafetensorsFile(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void After_its_end_a_file_gives_nothing()
    {
        Write("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", new byte[8]);
        var file = new SafetensorsFile(path);
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Read("a"));
    }

    void Write(string header, byte[] data)
    {
        var prefix = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)Encoding.UTF8.GetByteCount(header));
        File.WriteAllBytes(path, [.. prefix, .. Encoding.UTF8.GetBytes(header), .. data]);
    }
}
