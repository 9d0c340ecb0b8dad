using MpcActors.Data.Transformers;
using MpcActors.Models.Clear;

namespace MpcActors.Models.Tests;

public sealed class ErrorFunctionTests
{
    // By another library, one value in each piece, at its ends, and in the tails.
    [Theory]
    [InlineData(1e-09, 1.1283791670955127e-09, 0.9999999988716208)]
    [InlineData(0.1, 0.1124629160182849, 0.8875370839817152)]
    [InlineData(0.46875, 0.49261347321793797, 0.507386526782062)]
    [InlineData(0.46876, 0.4926225311068465, 0.5073774688931535)]
    [InlineData(0.75, 0.7111556336535151, 0.28884436634648486)]
    [InlineData(1.0, 0.8427007929497149, 0.15729920705028513)]
    [InlineData(2.5, 0.999593047982555, 0.0004069520174449589)]
    [InlineData(3.999, 0.9999999844552505, 1.554474949099499e-08)]
    [InlineData(4.0, 0.9999999845827421, 1.541725790028002e-08)]
    [InlineData(4.001, 0.9999999847092178, 1.5290782173248732e-08)]
    [InlineData(5.5, 0.9999999999999927, 7.357847917974398e-15)]
    [InlineData(9.0, 1.0, 4.13703174651381e-37)]
    [InlineData(20.0, 1.0, 5.3958656116079005e-176)]
    public void Values_are_those_of_another_implementation(double x, double erf, double erfc)
    {
        Assert.InRange(ErrorFunction.Erf(x) / erf, 1 - 4e-16, 1 + 4e-16);
        Assert.InRange(ErrorFunction.Erf(-x) / -erf, 1 - 4e-16, 1 + 4e-16);
        Assert.InRange(ErrorFunction.Erfc(x) / erfc, 1 - 2e-15, 1 + 2e-15);
        Assert.Equal(2 - erfc, ErrorFunction.Erfc(-x), 1e-15);
    }

    [Fact]
    public void Both_forms_of_GELU_agree_with_their_formulas()
    {
        // x Φ(x) at 1 and −3, and the tanh form there, by another library.
        Assert.Equal(0.8413447460685429, ClearGelu.Exact(1), 1e-15);
        Assert.Equal(-0.004049694094890287, ClearGelu.Exact(-3), 1e-15);
        Assert.Equal(0.8411919906082768, ClearGelu.Tanh(1), 1e-15);
        Assert.Equal(-0.0036373920817729943, ClearGelu.Tanh(-3), 1e-15);
        double[] values = [1, -3];
        ClearGelu.Apply(GeluForm.Tanh, values);
        Assert.Equal([ClearGelu.Tanh(1), ClearGelu.Tanh(-3)], values);
        Assert.Equal(0, ClearGelu.Exact(-100));
        Assert.Equal(100, ClearGelu.Exact(100));
    }
}
