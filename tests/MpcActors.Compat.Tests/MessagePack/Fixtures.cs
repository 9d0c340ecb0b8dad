using System.Text.Json.Nodes;

namespace MpcActors.Compat.Tests.MessagePackFormat;

static class Fixtures
{
    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "MessagePack", "Fixtures", name);

    public static JsonNode Json(string name) => JsonNode.Parse(File.ReadAllText(PathOf(name)))!;
}
