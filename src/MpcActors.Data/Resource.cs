namespace MpcActors.Data;

/// <summary>Files that travel inside the assembly.</summary>
static class Resource
{
    public static Stream Open(string name)
        => typeof(Resource).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly was built without its resource {name}.");
}
