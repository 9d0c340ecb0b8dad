using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MpcActors.Cli;

/// <summary>A library's comments, as the compiler wrote them beside it, read by member and told in Markdown.</summary>
sealed partial class DocumentationComments(IReadOnlyDictionary<string, XElement> members)
{
    public static DocumentationComments Of(Assembly assembly)
    {
        var file = Path.ChangeExtension(assembly.Location, ".xml");
        return File.Exists(file)
            ? new(XDocument.Load(file).Descendants("member").ToDictionary(member => (string)member.Attribute("name")!))
            : throw new BadInputException($"'{file}' is missing: the documentation comments that the compiler writes beside '{assembly.Location}'");
    }

    /// <summary>Paragraphs; empty where there is no comment.</summary>
    public string Of(MemberInfo member)
    {
        if (!members.TryGetValue(IdOf(member), out var comment)) return "";
        var text = new StringBuilder();
        foreach (var part in comment.Elements())
        {
            var words = Words(part);
            switch (part.Name.LocalName)
            {
                case "param" or "typeparam": text.Append($"- `{part.Attribute("name")?.Value}`: {words}\n"); break;
                case "returns": text.Append($"- returns: {words}\n"); break;
                case "exception": text.Append($"- throws `{Short(part.Attribute("cref")?.Value ?? "")}`: {words}\n"); break;
                default: text.Append($"{words}\n\n"); break;
            }
        }

        return $"{text.ToString().TrimEnd()}\n";
    }

    /// <summary>How the compiler names a member in its file (C# standard, annex D.4.2).</summary>
    public static string IdOf(MemberInfo member) => member switch
    {
        Type type => $"T:{Plain(type)}",
        FieldInfo => $"F:{Plain(member.DeclaringType!)}.{member.Name}",
        EventInfo => $"E:{Plain(member.DeclaringType!)}.{member.Name}",
        PropertyInfo property => $"P:{Plain(member.DeclaringType!)}.{member.Name}{Parameters(property.GetIndexParameters())}",
        MethodBase method => $"M:{Plain(member.DeclaringType!)}.{member.Name.Replace('.', '#')}{(method.IsGenericMethod ? $"``{method.GetGenericArguments().Length}" : "")}{Parameters(method.GetParameters())}"
            + (method is MethodInfo { Name: "op_Implicit" or "op_Explicit" } conversion ? $"~{Of(conversion.ReturnType)}" : ""),
        _ => "",
    };

    static string Parameters(ParameterInfo[] parameters) => parameters.Length == 0 ? "" : $"({string.Join(',', parameters.Select(parameter => Of(parameter.ParameterType)))})";

    static string Of(Type type)
    {
        if (type.IsGenericParameter) return $"{(type.DeclaringMethod is null ? "`" : "``")}{type.GenericParameterPosition}";
        if (type.IsByRef) return $"{Of(type.GetElementType()!)}@";
        if (type.IsArray) return $"{Of(type.GetElementType()!)}[{(type.GetArrayRank() == 1 ? "" : string.Join(',', Enumerable.Repeat("0:", type.GetArrayRank())))}]";
        if (type.IsPointer) return $"{Of(type.GetElementType()!)}*";
        return type.IsGenericType ? $"{Arity().Replace(Plain(type.GetGenericTypeDefinition()), "")}{{{string.Join(',', type.GetGenericArguments().Select(Of))}}}" : Plain(type);
    }

    static string Plain(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    static string Words(XElement part) => Spaces().Replace(string.Concat(part.Nodes().Select(Word)), " ").Trim().Replace(Paragraph, "\n\n", StringComparison.Ordinal);

    /// <summary>Survives the joining of lines.</summary>
    const string Paragraph = "\u2029";

    static string Word(XNode node) => node switch
    {
        XText text => text.Value.Replace("<", "&lt;", StringComparison.Ordinal),
        XElement { Name.LocalName: "see" or "seealso" } see => $"`{Short(see.Attribute("cref")?.Value ?? see.Attribute("langword")?.Value ?? see.Value)}`",
        XElement { Name.LocalName: "paramref" or "typeparamref" } name => $"`{name.Attribute("name")?.Value}`",
        XElement { Name.LocalName: "c" or "code" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "para" } paragraph => $"{Paragraph}{string.Concat(paragraph.Nodes().Select(Word)).Trim()}{Paragraph}",
        XElement other => string.Concat(other.Nodes().Select(Word)),
        _ => "",
    };

    /// <summary>M:MpcActors.Protocols.Party.Mask(…) is Party.Mask to a reader.</summary>
    static string Short(string id)
    {
        var parts = (id.Split(':') is [_, var name] ? name : id).Split('(')[0].Split('.');
        return Arity().Replace(string.Join('.', parts.Skip(Math.Max(0, parts.Length - (id.StartsWith("T:", StringComparison.Ordinal) ? 1 : 2)))), "");
    }

    [GeneratedRegex(@"`+\d+")]
    private static partial Regex Arity();

    [GeneratedRegex(@"[^\S\u2029]+")]
    private static partial Regex Spaces();
}
