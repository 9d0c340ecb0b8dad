using Akka.Actor;

namespace Akka.Serialization;

/// <summary>Bytes of a message. Named in akka.actor.serializers, bound to types in akka.actor.serialization-bindings.</summary>
public abstract class Serializer
{
    protected readonly ExtendedActorSystem system;
    private int? identifier;

    protected Serializer(ExtendedActorSystem system) => this.system = system;

    /// <summary>Unless overridden, the number that akka.actor.serialization-identifiers gives the type.</summary>
    public virtual int Identifier => identifier ??= SerializerIdentifierHelper.GetSerializerIdentifierFromConfig(GetType(), system);

    /// <summary>Whether <see cref="FromBinary(byte[], Type)"/> must be told the type.</summary>
    public abstract bool IncludeManifest { get; }

    public abstract byte[] ToBinary(object obj);
    public abstract object FromBinary(byte[] bytes, Type type);
    public T FromBinary<T>(byte[] bytes) => (T)FromBinary(bytes, typeof(T));
}

/// <summary>Describes the type by a text of its own choice.</summary>
public abstract class SerializerWithStringManifest(ExtendedActorSystem system) : Serializer(system)
{
    public sealed override bool IncludeManifest => true;
    public sealed override object FromBinary(byte[] bytes, Type type) => FromBinary(bytes, TypeNames.Of(type));
    public abstract object FromBinary(byte[] bytes, string manifest);
    public abstract string Manifest(object o);
}

public class ByteArraySerializer(ExtendedActorSystem system) : Serializer(system)
{
    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => obj switch
    {
        null => null,
        byte[] bytes => bytes,
        _ => throw new NotSupportedException("The object to convert is not a byte array."),
    };

    public override object FromBinary(byte[] bytes, Type type) => bytes;
}

public static class SerializerIdentifierHelper
{
    public static int GetSerializerIdentifierFromConfig(Type type, ExtendedActorSystem system)
    {
        var name = TypeNames.Of(type);
        foreach (var (key, value) in system.Settings.Config.GetConfig("akka.actor.serialization-identifiers").AsEnumerable())
            if (TypeNames.Find(key) == type) return value.GetInt();
        throw new ArgumentException($"Couldn't find serializer id for [{name}] under [akka.actor.serialization-identifiers] HOCON path", nameof(type));
    }
}

internal static class TypeNames
{
    /// <summary>"Namespace.Name, Assembly" without version.</summary>
    public static string Of(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";

    /// <summary>The type of that name, or null. The library's own assembly name means this one.</summary>
    public static Type Find(string name)
    {
        var comma = name.IndexOf(',', StringComparison.Ordinal);
        var own = comma < 0 || name.AsSpan(comma + 1).Trim() is "Akka";
        return own && typeof(TypeNames).Assembly.GetType(comma < 0 ? name : name[..comma].Trim()) is { } found ? found : Type.GetType(name);
    }
}
