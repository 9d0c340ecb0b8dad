namespace MpcActors.Data;

/// <summary>Text to token ids, without any begin or end marks and without a length limit.</summary>
public interface ITokenizer
{
    int[] Encode(string text);
}
