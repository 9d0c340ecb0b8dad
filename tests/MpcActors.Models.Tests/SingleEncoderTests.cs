using MpcActors.Data;
using MpcActors.Models.Clear.Training;

namespace MpcActors.Models.Tests;

public sealed class SingleEncoderTests
{
    private static readonly int[][] Texts = [[5, 17, 3, 60, 41], [9, 2], [11, 40, 7, 9, 100, 23, 54, 5, 31], [8]];

    public static TheoryData<TrainedAttention> Attentions => [.. Enum.GetValues<TrainedAttention>()];

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 19, 21)]
    [InlineData(50, 300, 70)]
    [InlineData(131, 5, 260)]
    public void A_product_is_the_sum_of_products_however_its_factors_lie(int rows, int inner, int columns)
    {
        var (a, b) = (Numbers(rows * inner, 1), Numbers(inner * columns, 2));
        var c = Numbers(rows * columns, 3);
        var expected = new double[rows * columns];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
            {
                expected[i * columns + j] = c[i * columns + j];
                for (var k = 0; k < inner; k++) expected[i * columns + j] += (double)a[i * inner + k] * b[k * columns + j];
            }

        var turnedA = new SingleMatrix(Turned(a, inner), rows).Transposed;
        var turnedB = new SingleMatrix(Turned(b, columns), inner).Transposed;
        var (straight, turned) = ((float[])[.. c], (float[])[.. c]);
        SingleProduct.Multiply(new(a, inner), new(b, columns), new(straight, columns), accumulate: true);
        SingleProduct.Multiply(turnedA, turnedB, new(turned, columns), accumulate: true);

        Assert.All(expected.Zip(straight), pair => Assert.Equal(pair.First, pair.Second, 2e-4));
        Assert.Equal(straight, turned);
    }

    [Theory]
    [MemberData(nameof(Attentions))]
    public void The_pass_agrees_with_the_clear_encoder(TrainedAttention attention)
    {
        // The clear encoder has no 2Quad attention; its gradient is checked below.
        if (attention == TrainedAttention.Quadratic) return;
        var (model, encoder) = Model(attention);

        var expected = new ClearEncoder(encoder).Embeddings(new TokenEmbedding(model).Embed(Texts));
        var actual = new SingleEncoder(model, attention).Forward(Texts).Embeddings;

        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 2e-5));
    }

    [Theory]
    [MemberData(nameof(Attentions))]
    public void Gradients_are_those_of_finite_differences(TrainedAttention attention)
    {
        var trainable = new SingleEncoder(Model(attention).Model, attention);
        foreach (var tensor in trainable.Tensors) tensor.IsTrained = true;
        var direction = Numbers(Texts.Length * trainable.Width, 7);

        trainable.Backward(trainable.Forward(Texts), direction);

        foreach (var tensor in trainable.Tensors)
        {
            // Along its own gradient a loss rises by the gradient's length.
            var length = Math.Sqrt(tensor.Gradient.Sum(value => (double)value * value));
            if (length == 0) continue;
            var start = tensor.Value.ToArray();
            var difference = (Loss(tensor, start, length, 4e-4) - Loss(tensor, start, length, -4e-4)) / 8e-4;
            start.CopyTo(tensor.Value, 0);
            Assert.True(Math.Abs(difference - length) <= 0.02 * length + 2e-3, $"{tensor.Name}: {length:0.0000}, by differences {difference:0.0000}");
        }

        double Loss(TrainableTensor tensor, float[] start, double length, double step)
        {
            for (var i = 0; i < start.Length; i++) tensor.Value[i] = (float)(start[i] + step * tensor.Gradient[i] / length);
            return trainable.Forward(Texts).Embeddings.Zip(direction, (value, along) => (double)value * along).Sum();
        }
    }

    [Fact]
    public async Task Training_gives_the_same_bits_on_one_thread_and_on_many()
    {
        var many = Train(steps: 4, out _);
        var one = await Task.Factory.StartNew(
            () => Train(steps: 4, out _), CancellationToken.None, TaskCreationOptions.None, new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler);

        Assert.Equal(many.SelectMany(tensor => tensor.Value), one.SelectMany(tensor => tensor.Value));
    }

    [Fact]
    public void Training_towards_other_embeddings_comes_nearer_to_them_and_leaves_what_is_frozen()
    {
        var tensors = Train(steps: 30, out var losses);
        Assert.True(losses[^1] < 0.5 * losses[0], $"{losses[0]} became {losses[^1]}");
        var start = Model(TrainedAttention.Softmax).Model.ToTensors();
        foreach (var tensor in tensors) Assert.Equal(tensor.Name is not ("token_embedding" or "timing_inv"), !start[tensor.Name].Values.SequenceEqual(tensor.Value));
    }

    [Fact]
    public void A_trained_model_is_the_one_that_was_trained()
    {
        var (model, _) = Model(TrainedAttention.RandomFeatures);
        var trainable = new SingleEncoder(model, TrainedAttention.RandomFeatures);
        trainable.Tensor("rfa.0.omega").Value[3] += 0.25f;
        var again = new SingleEncoder(trainable.ToModel(), TrainedAttention.RandomFeatures);
        Assert.Equal(trainable.Forward(Texts).Embeddings, again.Forward(Texts).Embeddings);
    }

    [Fact]
    public void Random_features_need_frequencies() =>
        Assert.Throws<ArgumentException>(() => new SingleEncoder(TinyModel.Create(1), TrainedAttention.RandomFeatures));

    private static IReadOnlyList<TrainableTensor> Train(int steps, out List<double> losses)
    {
        var model = Model(TrainedAttention.Softmax).Model;
        var trainable = new SingleEncoder(model, TrainedAttention.Softmax);
        var goals = new SingleEncoder(model, TrainedAttention.Softmax).Forward([[1, 2], [50, 60, 70], [50, 60, 70], [1, 2]]).Embeddings;
        foreach (var tensor in trainable.Tensors) tensor.IsTrained = tensor.Name is not ("token_embedding" or "timing_inv");
        var adam = new SingleAdam(trainable.Tensors, new SingleAdamSettings());
        losses = [];
        for (var step = 0; step < steps; step++)
        {
            var pass = trainable.Forward(Texts);
            losses.Add(1 - pass.Embeddings.Zip(goals, (value, goal) => (double)value * goal).Sum() / Texts.Length);
            trainable.Backward(pass, Array.ConvertAll(goals, goal => -goal / Texts.Length));
            adam.Step(_ => 0.01f);
        }

        return trainable.Tensors;
    }

    private static (UseLiteModel Model, Encoder Encoder) Model(TrainedAttention attention)
    {
        var model = TinyModel.Create(1);
        if (attention == TrainedAttention.RandomFeatures) model = model.ApplyPatch(TinyModel.CreateRandomFeaturePatch(1));
        var kind = attention switch
        {
            TrainedAttention.RandomFeatures => AttentionKind.RandomFeatures,
            TrainedAttention.Uniform => AttentionKind.Uniform,
            _ => AttentionKind.Softmax,
        };
        return (model, EncoderPreparation.From(model, kind, new TokenEmbedding(model).Embed(Texts)));
    }

    private static float[] Numbers(int count, ulong stream)
    {
        var numbers = new double[count];
        CounterGaussian.Fill(3, stream, numbers);
        return Array.ConvertAll(numbers, number => (float)number);
    }

    private static float[] Turned(float[] matrix, int columns) =>
        [.. Enumerable.Range(0, matrix.Length).Select(i => matrix[i % (matrix.Length / columns) * columns + i / (matrix.Length / columns)])];
}
