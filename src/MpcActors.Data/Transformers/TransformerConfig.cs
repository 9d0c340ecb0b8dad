namespace MpcActors.Data.Transformers;

/// <summary>Which family of blocks a model is made of: where its layer norms stand, what it attends to, what its head is.</summary>
public enum Architecture
{
    /// <summary>BERT's encoder with positions counted from the padding id + 1 and its own byte-level vocabulary.</summary>
    Roberta,

    /// <summary>Encoder, layer norm after each block, masked-language-model head (Devlin et al., NAACL 2019).</summary>
    Bert,

    /// <summary>Decoder, layer norm before each block, causal attention, language-model head (Radford et al., 2019).</summary>
    Gpt2,
}

/// <summary>x·Φ(x), or its approximation by a hyperbolic tangent (Hendrycks and Gimpel, 2016).</summary>
public enum GeluForm
{
    Exact,
    Tanh,
}

/// <summary>The sizes of a transformer; with <see cref="Transformers.Architecture"/> they fix every shape.</summary>
/// <param name="Width">Of a token's hidden state.</param>
/// <param name="Heads">A divisor of <paramref name="Width"/>.</param>
/// <param name="FeedForward">Hidden width of the feed-forward block.</param>
/// <param name="Positions">Rows of the position table; a text may have <c>Positions − FirstPosition</c> tokens.</param>
/// <param name="TokenTypes">Rows of the token-type table; 0 where there is none.</param>
/// <param name="Epsilon">Of every layer norm.</param>
public sealed record TransformerConfig(
    Architecture Architecture, string Name, int Layers, int Width, int Heads, int FeedForward, int Vocabulary, int Positions, int TokenTypes, double Epsilon, GeluForm Gelu)
{
    static readonly TransformerConfig[] Known =
    [
        Roberta("roberta-base", 12, 768, 12), Roberta("roberta-large", 24, 1024, 16),
        Bert("bert-base", 12, 768, 12), Bert("bert-large", 24, 1024, 16),
        Gpt2("gpt2", 12, 768, 12), Gpt2("gpt2-medium", 24, 1024, 16), Gpt2("gpt2-large", 36, 1280, 20), Gpt2("gpt2-xl", 48, 1600, 25),
        // The largest model of Brown et al., 2020, table 2.1; every second layer there attends locally, here all attend to all before them.
        Gpt2("gpt3", 96, 12288, 96) with { Positions = 2048 },
        Tiny(Roberta("tiny-roberta", 2, 32, 4)) with { Positions = 66 }, Tiny(Bert("tiny-bert", 2, 32, 4)), Tiny(Gpt2("tiny-gpt2", 2, 32, 4)),
    ];

    /// <summary>The names that <see cref="Find"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Known.Select(config => config.Name)];

    public int HeadWidth => Heads > 0 && Width % Heads == 0 ? Width / Heads : throw new InvalidOperationException($"a width of {Width} cannot be cut into {Heads} heads");

    /// <summary>Whether a token sees itself and the tokens before it only.</summary>
    public bool IsCausal => Architecture == Architecture.Gpt2;

    /// <summary>The row of the position table of a text's first token: RoBERTa counts from its padding id, 1, plus 1.</summary>
    public int FirstPosition => Architecture == Architecture.Roberta ? 2 : 0;

    /// <summary>Tokens that a text may have at most.</summary>
    public int MaxTokens => Positions - FirstPosition;

    /// <summary>Weights of the model with its head; the decoder counts as tied to the words.</summary>
    public long Parameters
    {
        get
        {
            long width = Width, norm = 2 * width;
            var layer = 4 * (width * width + width) + 2 * width * FeedForward + FeedForward + width + 2 * norm;
            var embeddings = ((long)Vocabulary + Positions + TokenTypes) * width;
            return Layers * layer + embeddings + (Architecture == Architecture.Gpt2 ? norm : norm + width * width + width + norm + Vocabulary);
        }
    }

    /// <summary>The sizes of a published model by its name, or null.</summary>
    public static TransformerConfig? Find(string name) => Array.Find(Known, config => config.Name == name);

    static TransformerConfig Roberta(string name, int layers, int width, int heads)
        => new(Architecture.Roberta, name, layers, width, heads, 4 * width, 50265, 514, 1, 1e-5, GeluForm.Exact);

    static TransformerConfig Bert(string name, int layers, int width, int heads)
        => new(Architecture.Bert, name, layers, width, heads, 4 * width, 30522, 512, 2, 1e-12, GeluForm.Exact);

    static TransformerConfig Gpt2(string name, int layers, int width, int heads)
        => new(Architecture.Gpt2, name, layers, width, heads, 4 * width, 50257, 1024, 0, 1e-5, GeluForm.Tanh);

    static TransformerConfig Tiny(TransformerConfig config) => config with { FeedForward = 64, Vocabulary = 128, Positions = 64 };
}
