using MpcActors.Data;

namespace MpcActors.Cli.Tests;

public sealed class BadInputTests
{
    const string Good = "label\ttext\n0\tthe soup was awful\n1\tthe soup was superb\n0\tthe film was dull\n1\tthe film was lovely\n";

    [Theory]
    [InlineData("dmeo", "unknown command 'dmeo'; did you mean demo?")]
    [InlineData("demo --sede 5", "unknown option '--sede'; did you mean --seed?")]
    [InlineData("demo yelp", "unknown argument 'yelp'")]
    [InlineData("demo --seed -5", "--seed is '-5'")]
    [InlineData("demo --offline --network wan3", "unknown network 'wan3': use lan, wan-1, wan-2")]
    [InlineData("demo --offline --latency -5ms", "'-5ms' is negative")]
    [InlineData("demo --offline --latency 5", "'5' cannot be read: a latency is a number and a unit")]
    [InlineData("demo --offline --bandwidth 5MBps", "a bandwidth is a number and a unit of bits a second")]
    [InlineData("demo --offline --bandwidth 0Mbps", "below 1bps")]
    [InlineData("demo --offline --queries 5", "less than one generation of 20")]
    [InlineData("demo --task yepl", "--task is 'yepl', but must be one of yelp, imdb, amazon; did you mean yelp?")]
    [InlineData("tune", "--data is needed")]
    [InlineData("tune --data nowhere.tsv", "there is no file 'nowhere.tsv'")]
    [InlineData("tune --data x --model use-lit", "--model is 'use-lit', but must be one of use-lite, tiny; did you mean use-lite?")]
    [InlineData("tune --data x --attention sotfmax", "did you mean softmax?")]
    [InlineData("tune --data x --prompt-rows 0", "--prompt-rows is '0', but must be a whole number from 1")]
    [InlineData("tune --data x --resume", "--resume needs --checkpoint")]
    [InlineData("tune --data x --method sft --prompt shift", "--prompt is for --method fot, not for --method sft")]
    [InlineData("tune --data x --method prompt --budget 100", "--budget is for --method fot, not for --method prompt")]
    [InlineData("tune --data x --steps 5", "--steps is for --method sft and prompt, not for --method fot")]
    [InlineData("tune --data x --method sft --optimizer cma-es", "--optimizer cma-es is not for --method sft; use adam, adamw, sgd")]
    [InlineData("tune --data x --optimizer adam", "--optimizer adam is not for --method fot")]
    [InlineData("tune --data x --method sft --learning-rate 0", "--learning-rate is '0', but must be a number above 0")]
    [InlineData("tune --data x --method sft --learning-rate 3", "the learning rate is 3, it must be above 0 and at most 1")]
    [InlineData("tune --data x --method sft --steps 0", "--steps is '0', but must be a whole number from 1")]
    [InlineData("tune --data x --method sft --warm-up 61", "the warm-up takes 61 of 60 steps")]
    [InlineData("tune --data x --method sft --clip-norm 1 --suite published", "gradients are clipped at 1 with the Published suite, whose inverse root fails above 190; clip with another suite, or not at all")]
    [InlineData("tune --data x --method sft --weight-decay 0.1", "a weight decay of 0.1 is for AdamW, not for Adam")]
    [InlineData("tune --data x --method sft --prompt-rows 5", "--prompt-rows is for --method fot and prompt")]
    [InlineData("tune --data x --method prompt --train-embedding", "--train-embedding is for --method sft")]
    [InlineData("tune --data x --method stf", "did you mean sft?")]
    [InlineData("tune --data x --method sft --model bert.json", "--model is 'bert.json', but must be one of use-lite, tiny, or a folder that is there")]
    [InlineData("bench kernel", "unknown command 'kernel'; did you mean kernels?")]
    [InlineData("cost --model roberta-lagre", "unknown model 'roberta-lagre': use roberta-base,")]
    [InlineData("cost --suite publisched", "did you mean published?")]
    [InlineData("tune --data x --suite published", "--method fot tunes with --suite fused, prifft or auto")]
    [InlineData("tune --data x --method sft --suite auto", "--method sft trains with --suite fused, prifft or published")]
    [InlineData("cost --method sft --suite auto", "use one of fused, prifft, published, published-stock-cosine for a step of gradients")]
    [InlineData("cost --model gpt2 --suite published", "has no random features for a causal model")]
    [InlineData("cost --model gpt3 --tokens 2048 --attention softmax --queries 1000000000", "more than 2^63 bytes or multiplications; plan fewer --queries")]
    [InlineData("bench layer --model nowhere", "or a folder with config.json and model.safetensors")]
    [InlineData("bench layer --backward --attention uniform", "goes back through softmax and random feature attention")]
    [InlineData("bench model --method layers --model gpt3", "fewer --layers fit")]
    [InlineData("bench layer --model gpt3 --tokens 2048", "GB may be used here; a smaller --tokens fits")]
    public async Task A_command_line_that_cannot_be_is_refused_in_one_line(string line, string message)
    {
        var typed = await Typed.Run(line.Split(' '));

        Assert.Equal(2, typed.Code);
        Assert.Contains(message, typed.Error, StringComparison.Ordinal);
        Assert.Single(typed.Error.TrimEnd().Split('\n'));
        Assert.Empty(typed.Output);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("label\ttext\n", "no rows below the header")]
    [InlineData("class\ttext\n0\tsoup\n", "line 1: the header has the columns class, text")]
    [InlineData("label\ttext\n0\tthe soup was awful\n0\tthe film was dull\n", "every row has the label 0")]
    [InlineData("label\ttext\n0\tsoup\n1\n0\t\n1\tcake\n", "line 3: has 1 fields, but the header has 2\n  line 4: has an empty text")]
    [InlineData("label\ttext\n0\tsoup\n1\tcake\n2\tlamp\n", "3 classes (0, 1, 2), but 2 label sentences were given")]
    [InlineData(Good, "16 shots for training and as many for development need 32")]
    public async Task Data_that_cannot_be_used_is_told_by_file_line_and_reason(string text, string message)
    {
        using var scratch = new Scratch();
        var file = scratch.Write("train.tsv", text);

        var typed = await Typed.Run("tune", "--data", file, "--label-words", "bad,good", "--model", "tiny", "--out", scratch.Path("out"));

        Assert.Equal(2, typed.Code);
        Assert.Contains(message, typed.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", typed.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--label and --label-words say the same thing twice", "--label-words", "bad,good", "--label", "This is bad.")]
    [InlineData("a label word or sentence is empty", "--label-words", "bad,")]
    public async Task Labels_are_said_once_and_in_full(string message, params string[] labels)
    {
        using var scratch = new Scratch();

        var typed = await Typed.Run(["tune", "--data", scratch.Write("train.tsv", Good), "--model", "tiny", "--out", scratch.Path("out"), .. labels]);

        Assert.Equal(2, typed.Code);
        Assert.Contains(message, typed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_told_before_the_work()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("file", "");

        var typed = await Typed.Run("demo", "--offline", "--out", Path.Combine(file, "below"));

        Assert.Equal(2, typed.Code);
        Assert.Contains("cannot be written to", typed.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("[1/", typed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_network_file_without_a_link_is_refused()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("net.hocon", "mpc.link { latency = 5ms }");

        var typed = await Typed.Run("demo", "--offline", "--network", file, "--out", scratch.Path("out"));

        Assert.Equal(2, typed.Code);
        Assert.Contains("lacks mpc.link.bandwidth", typed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_model_and_network_the_message_offers_offline()
    {
        using var scratch = new Scratch();
        var before = Environment.GetEnvironmentVariable(ModelCache.Variable);
        // A file where the cache folder should be stands for any cache that cannot be had.
        Environment.SetEnvironmentVariable(ModelCache.Variable, scratch.Write("file", ""));
        try
        {
            var typed = await Typed.Run("demo", "--out", scratch.Path("out"));

            Assert.Equal(2, typed.Code);
            Assert.Contains("Universal Sentence Encoder Lite", typed.Error, StringComparison.Ordinal);
            Assert.Contains("--offline", typed.Error, StringComparison.Ordinal);
            Assert.Empty(Directory.GetFiles(scratch.Path("out")));
        }
        finally
        {
            Environment.SetEnvironmentVariable(ModelCache.Variable, before);
        }
    }
}
