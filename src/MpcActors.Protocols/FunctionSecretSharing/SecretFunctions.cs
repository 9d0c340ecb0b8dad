namespace MpcActors.Protocols.FunctionSecretSharing;

/// <summary>What keys share, known to the dealer alone; the arguments of <see cref="Fss.FssKeys.Generate"/>.</summary>
/// <param name="Alphas">The secret points.</param>
/// <param name="Betas">f(α) of point functions, f(x) below α of comparisons; empty for comparisons of bits.</param>
/// <param name="Duals">f(x) from α on, of comparisons of words.</param>
public readonly record struct SecretFunctions(ulong[] Alphas, ulong[] Betas, ulong[]? Duals = null);
