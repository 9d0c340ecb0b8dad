using System.CommandLine;
using System.Reflection;
using System.Text;

namespace MpcActors.Cli;

/// <summary>The libraries' public types and members, with their documentation comments, as Markdown.</summary>
static class ReferenceCommand
{
    const string Index = "index.md";

    static readonly string[] Libraries = ["Ring", "Fss", "Protocols", "Data", "Models", "Tuning", "Network", "Actors"];

    public static Command Create()
    {
        var folder = Options.Text("--out", "DIR", "Folder of the pages (default: out/reference)");
        var command = new ExemplifiedCommand(
            "reference", "Writes the API reference of the libraries: a page each, from their documentation comments.",
            ("mpc reference", "begin with out/reference/index.md"))
        {
            folder,
        };
        command.SetAction(result =>
        {
            var files = new OutputFolder(result.GetValue(folder) ?? Path.Combine("out", "reference"));
            var index = new StringBuilder("# API reference\n\n| library | types | |\n|---|--:|---|\n");
            foreach (var library in Libraries)
            {
                var assembly = Assembly.Load($"MpcActors.{library}");
                Type[] types = [.. assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal)];
                files.Write($"{library}.md", Page(assembly, types));
                index.Append($"| [MpcActors.{library}]({library}.md) | {types.Length} | {string.Join(", ", types.Select(type => type.Namespace!).Distinct())} |\n");
            }

            files.Write(Index, index.ToString());
            result.InvocationConfiguration.Output.WriteLine($"Files: {Path.Combine(files.Folder, Index)} and a page for each library");
            return (int)ExitCode.Done;
        });
        return command;
    }

    static string Page(Assembly assembly, IReadOnlyList<Type> types)
    {
        var comments = DocumentationComments.Of(assembly);
        var page = new StringBuilder($"# {assembly.GetName().Name}\n");
        foreach (var names in types.GroupBy(type => type.Namespace))
        {
            page.Append($"\n## {names.Key}\n");
            foreach (var type in names)
            {
                page.Append($"\n### {Signature.NameOf(type)}\n\n```csharp\n{Signature.Of(type)}\n```\n\n{comments.Of(type)}");
                foreach (var member in Members(type)) page.Append($"\n#### {member.Name.Replace(".ctor", "constructor", StringComparison.Ordinal)}\n\n```csharp\n{Signature.Of(member)}\n```\n\n{comments.Of(member)}");
            }
        }

        return page.ToString();
    }

    /// <summary>What is written in the source: neither what records and enumerations bring along, nor accessors.</summary>
    static IEnumerable<MemberInfo> Members(Type type) => type
        .GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        .Where(member => member is not Type && member.GetCustomAttribute<System.Runtime.CompilerServices.CompilerGeneratedAttribute>() is null)
        .Where(member => member is not MethodBase { IsSpecialName: true } method || method is ConstructorInfo || method.Name.StartsWith("op_", StringComparison.Ordinal))
        .Where(member => member is not FieldInfo { IsSpecialName: true } && !(type.IsEnum && member is MethodBase) && !(type.IsSubclassOf(typeof(Delegate)) && member is MethodBase));
}
