namespace MpcActors.Data.Tests;

public sealed class UseLiteModelTests
{
    [Theory]
    [InlineData("layer.0.attn.qkv.weight", null, "tensor layer.0.attn.qkv.weight is missing")]
    [InlineData("layer.1.ln2.bias", 31, "has shape [31]; [32] was expected")]
    [InlineData("rfa.5.omega", 3, "tensor rfa.5.omega is not part of this architecture")]
    public void Tensors_that_do_not_fit_are_named(string name, int? size, string reason)
    {
        var tensors = TinyModel.Create(1).ToTensors().ToDictionary();
        tensors.Remove(name);
        if (size is { } length)
            tensors[name] = new FloatTensor(new float[length], [length]);
        var error = Assert.Throws<InvalidDataException>(() => UseLiteModel.FromTensors(tensors, 2, "some file"));
        Assert.StartsWith("some file: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_is_not_finite_is_named_with_its_place()
    {
        var tensors = TinyModel.Create(1).ToTensors().ToDictionary();
        tensors["head.bias"] = new FloatTensor([.. new float[31], float.NaN], [32]);
        Assert.Contains("head.bias holds NaN at index 31", Assert.Throws<InvalidDataException>(() => UseLiteModel.FromTensors(tensors, 2, "x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_patch_with_a_wrong_head_count_is_refused()
    {
        var patch = new Dictionary<string, FloatTensor> { ["rfa.0.omega"] = new(new float[4 * 8 * 8], [4, 8, 8]) };
        Assert.Contains("[2, 8, any] was expected", Assert.Throws<InvalidDataException>(() => TinyModel.Create(1).ApplyPatch(patch)).Message, StringComparison.Ordinal);
    }
}
