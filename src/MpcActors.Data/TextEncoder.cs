namespace MpcActors.Data;

/// <summary>A sentence encoder's weights with the tokenizer that belongs to them.</summary>
public sealed record TextEncoder(UseLiteModel Model, ITokenizer Tokenizer);
