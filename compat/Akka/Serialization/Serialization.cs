using System.Reflection;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;

namespace Akka.Serialization;

public class Serialization
{
    private readonly Dictionary<string, Serializer> byName = [];
    private readonly Dictionary<int, Serializer> byId = [];
    private readonly List<(Type Type, Serializer Serializer)> bindings = [];
    private readonly Dictionary<Type, Serializer> found = [];
    private readonly Lock gate = new();

    public Serialization(ExtendedActorSystem system)
    {
        System = system;
        var config = system.Settings.Config;
        foreach (var (name, value) in config.GetConfig("akka.actor.serializers").AsEnumerable())
            AddSerializer(name, Make(name, value.GetString(), config.GetConfig($"akka.actor.serialization-settings.\"{name}\"")));
        foreach (var (typeName, value) in config.GetConfig("akka.actor.serialization-bindings").AsEnumerable())
        {
            var type = TypeNames.Find(typeName) ?? throw new ConfigurationException($"akka.actor.serialization-bindings: there is no type '{typeName}'");
            AddSerializationMap(type, byName.GetValueOrDefault(value.GetString())
                ?? throw new ConfigurationException($"akka.actor.serialization-bindings: '{typeName}' is bound to '{value.GetString()}', which akka.actor.serializers does not name"));
        }
    }

    public ExtendedActorSystem System { get; }

    public void AddSerializer(string name, Serializer serializer)
    {
        lock (gate)
        {
            if (byId.TryGetValue(serializer.Identifier, out var taken) && taken.GetType() != serializer.GetType())
                throw new ConfigurationException($"Serializers {taken.GetType()} and {serializer.GetType()} have the same identifier {serializer.Identifier}");
            byName[name] = serializer;
            byId[serializer.Identifier] = serializer;
        }
    }

    public void AddSerializationMap(Type type, Serializer serializer)
    {
        lock (gate)
        {
            bindings.RemoveAll(b => b.Type == type);
            bindings.Add((type, serializer));
            found.Clear();
        }
    }

    public Serializer FindSerializerFor(object obj, string defaultSerializerName = null)
    {
        ArgumentNullException.ThrowIfNull(obj);
        return FindSerializerForType(obj.GetType(), defaultSerializerName);
    }

    /// <summary>The serializer bound to the type itself or to the nearest type it can be taken for.</summary>
    /// <exception cref="SerializationException">None is bound.</exception>
    public Serializer FindSerializerForType(Type objectType, string defaultSerializerName = null)
    {
        lock (gate)
        {
            if (found.TryGetValue(objectType, out var known)) return known;
            (Type Type, Serializer Serializer) best = default;
            foreach (var binding in bindings)
                if (binding.Type.IsAssignableFrom(objectType) && (best.Type is null || best.Type.IsAssignableFrom(binding.Type))) best = binding;
            var serializer = best.Serializer
                ?? (defaultSerializerName is null ? null : byName.GetValueOrDefault(defaultSerializerName))
                ?? throw new SerializationException($"No serializer is bound to {objectType}; bind one in akka.actor.serialization-bindings, or mark the type {nameof(INoSerializationVerificationNeeded)} if it never leaves the process");
            return found[objectType] = serializer;
        }
    }

    public byte[] Serialize(object o) => FindSerializerFor(o).ToBinary(o);

    public object Deserialize(byte[] bytes, int serializerId, Type type) => ById(serializerId).FromBinary(bytes, type);

    public object Deserialize(byte[] bytes, int serializerId, string manifest)
    {
        var serializer = ById(serializerId);
        if (serializer is SerializerWithStringManifest withManifest) return withManifest.FromBinary(bytes, manifest);
        if (string.IsNullOrEmpty(manifest)) return serializer.FromBinary(bytes, null);
        return serializer.FromBinary(bytes, TypeNames.Find(manifest)
            ?? throw new SerializationException($"Cannot find manifest class [{manifest}] for serializer with id [{serializerId}]."));
    }

    public static string ManifestFor(Serializer s, object msg) => s switch
    {
        SerializerWithStringManifest withManifest => withManifest.Manifest(msg),
        { IncludeManifest: true } => TypeNames.Of(msg.GetType()),
        _ => string.Empty,
    };

    /// <summary>A text that <see cref="DeserializeActorRef"/> finds the actor by.</summary>
    public static string SerializedActorPath(IActorRef actorRef) => actorRef is null || actorRef.Equals(ActorRefs.Nobody) ? string.Empty : actorRef.Path.ToSerializationFormat();

    public IActorRef DeserializeActorRef(string path) => System.Provider.ResolveActorRef(path);

    private Serializer ById(int serializerId)
    {
        lock (gate)
            return byId.GetValueOrDefault(serializerId)
                ?? throw new SerializationException($"Cannot find serializer with id [{serializerId}]. The most probable reason is that the configuration entry 'akka.actor.serializers' is not in sync between the two systems.");
    }

    private Serializer Make(string name, string typeName, Config settings)
    {
        var type = TypeNames.Find(typeName) ?? throw new ConfigurationException($"akka.actor.serializers.{name}: there is no type '{typeName}'");
        try
        {
            return (Serializer)(settings is not null && type.GetConstructor([typeof(ExtendedActorSystem), typeof(Config)]) is { } configurable
                ? configurable.Invoke(BindingFlags.DoNotWrapExceptions, null, [System, settings], null)
                : Activator.CreateInstance(type, BindingFlags.Instance | BindingFlags.Public | BindingFlags.DoNotWrapExceptions, null, [System], null));
        }
        catch (Exception e) when (e is MissingMethodException or InvalidCastException)
        {
            throw new ConfigurationException($"akka.actor.serializers.{name}: '{typeName}' is no Serializer with a constructor that takes an {nameof(ExtendedActorSystem)}", e);
        }
    }
}
