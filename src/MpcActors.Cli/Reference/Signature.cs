using System.Reflection;

namespace MpcActors.Cli;

/// <summary>Types and members as C# declares them, as far as a caller has to know.</summary>
static class Signature
{
    static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void", [typeof(bool)] = "bool", [typeof(byte)] = "byte", [typeof(sbyte)] = "sbyte", [typeof(short)] = "short", [typeof(ushort)] = "ushort", [typeof(int)] = "int", [typeof(uint)] = "uint",
        [typeof(long)] = "long", [typeof(ulong)] = "ulong", [typeof(float)] = "float", [typeof(double)] = "double", [typeof(string)] = "string", [typeof(object)] = "object", [typeof(char)] = "char",
    };

    public static string Of(MemberInfo member) => member switch
    {
        Type type => OfType(type),
        ConstructorInfo constructor => $"public {NameOf(constructor.DeclaringType!)}({Parameters(constructor)})",
        MethodInfo method => $"public {Static(method)}{NameOf(method.ReturnType)} {method.Name}{Arguments(method.IsGenericMethod ? method.GetGenericArguments() : [])}({Parameters(method)})",
        PropertyInfo property => $"public {Static(property.GetMethod ?? property.SetMethod!)}{NameOf(property.PropertyType)} {property.Name} {{ {(property.GetMethod?.IsPublic == true ? "get; " : "")}{(property.SetMethod?.IsPublic == true ? "set; " : "")}}}",
        FieldInfo { IsLiteral: true } constant => $"public const {NameOf(constant.FieldType)} {constant.Name}",
        FieldInfo field => $"public {(field.IsStatic ? "static " : "")}{NameOf(field.FieldType)} {field.Name}",
        EventInfo one => $"public event {NameOf(one.EventHandlerType!)} {one.Name}",
        _ => member.Name,
    };

    public static string NameOf(Type type)
    {
        if (Keywords.TryGetValue(type, out var keyword)) return keyword;
        if (type.IsByRef) return $"ref {NameOf(type.GetElementType()!)}";
        if (type.IsArray) return $"{NameOf(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (Nullable.GetUnderlyingType(type) is { } value) return $"{NameOf(value)}?";
        if (type.IsGenericType && type.FullName?.StartsWith("System.ValueTuple`", StringComparison.Ordinal) == true) return $"({string.Join(", ", type.GetGenericArguments().Select(NameOf))})";
        var outer = type.IsNested && !type.IsGenericParameter ? $"{NameOf(type.DeclaringType!)}." : "";
        return $"{outer}{type.Name.Split('`')[0]}{Arguments(type.IsGenericType ? type.GetGenericArguments() : [])}";
    }

    static string OfType(Type type)
    {
        var kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            _ when type.IsSubclassOf(typeof(Delegate)) => "delegate",
            { IsValueType: true } => "struct",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        if (kind == "delegate") return $"public delegate {NameOf(type.GetMethod("Invoke")!.ReturnType)} {NameOf(type)}({Parameters(type.GetMethod("Invoke")!)})";
        var parent = type.BaseType is { } ancestor && type is { IsClass: true } && ancestor != typeof(object) ? new[] { NameOf(ancestor) } : [];
        var own = type.IsEnum ? [] : type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []).Where(one => one.IsPublic && one.Namespace?.StartsWith("MpcActors", StringComparison.Ordinal) == true).Select(NameOf).ToArray();
        string[] bases = [.. parent, .. own];
        return $"public {kind} {NameOf(type)}{(bases.Length > 0 ? $" : {string.Join(", ", bases)}" : "")}";
    }

    static string Static(MethodBase method) => method.IsStatic ? "static " : "";

    static string Arguments(Type[] arguments) => arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(NameOf))}>";

    static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select((parameter, i) =>
        (i == 0 && method.IsDefined(typeof(System.Runtime.CompilerServices.ExtensionAttribute)) ? "this " : "")
        + (parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "")
        + (parameter.IsOut ? NameOf(parameter.ParameterType).Replace("ref ", "out ", StringComparison.Ordinal) : NameOf(parameter.ParameterType))
        + $" {parameter.Name}{(parameter.HasDefaultValue ? " = …" : "")}"));
}
