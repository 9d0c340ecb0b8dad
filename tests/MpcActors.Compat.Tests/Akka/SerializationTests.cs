using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Akka.TestKit.Xunit2;

namespace MpcActors.Compat.Tests;

public sealed class SerializationTests : TestKit
{
    private const string Settings = """
        akka {
          loglevel = OFF
          actor {
            serialize-messages = on
            serializers.note = "MpcActors.Compat.Tests.NoteSerializer, MpcActors.Compat.Tests"
            serialization-bindings { "MpcActors.Compat.Tests.Note, MpcActors.Compat.Tests" = note }
            serialization-identifiers { "MpcActors.Compat.Tests.NoteSerializer, MpcActors.Compat.Tests" = 4711 }
          }
        }
        """;

    public SerializationTests() : base(Settings) { }

    [Fact]
    public void Every_message_passes_through_its_serializer()
    {
        var sent = new Note("hello");
        TestActor.Tell(sent);
        var received = ExpectMsg<Note>();
        Assert.Equal("hello", received.Text);
        Assert.NotSame(sent, received);
    }

    [Fact]
    public void A_message_that_asks_to_be_spared_is_the_same_object()
    {
        var sent = new LocalOnly();
        TestActor.Tell(sent);
        Assert.Same(sent, ExpectMsg<LocalOnly>());
    }

    [Fact]
    public void Life_and_death_work_under_serialization()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Silent()));
        Watch(actor);
        actor.Tell(PoisonPill.Instance);
        ExpectTerminated(actor);
    }

    [Fact]
    public void Texts_and_numbers_pass()
    {
        foreach (var message in new object[] { "text", 1, 2L, 1.5, true })
        {
            TestActor.Tell(message);
            ExpectMsg(message);
        }
    }

    [Fact]
    public void A_serializer_is_found_for_a_type_and_what_derives_from_it()
    {
        Assert.IsType<NoteSerializer>(Sys.Serialization.FindSerializerFor(new Note("x")));
        Assert.IsType<NoteSerializer>(Sys.Serialization.FindSerializerForType(typeof(SpecialNote)));
        Assert.IsType<ByteArraySerializer>(Sys.Serialization.FindSerializerFor(new byte[] { 1 }));
    }

    [Fact]
    public void The_identifier_and_the_manifest_lead_back_to_the_message()
    {
        var note = new Note("over the wire");
        var serializer = Sys.Serialization.FindSerializerFor(note);
        Assert.Equal(4711, serializer.Identifier);
        var bytes = Sys.Serialization.Serialize(note);
        var manifest = Serialization.ManifestFor(serializer, note);
        Assert.Equal("N", manifest);
        Assert.Equal("over the wire", Assert.IsType<Note>(Sys.Serialization.Deserialize(bytes, 4711, manifest)).Text);
    }

    [Fact]
    public void An_unknown_identifier_is_refused() =>
        Assert.Throws<SerializationException>(() => Sys.Serialization.Deserialize([1, 2], 999, "N"));

#if !AKKA_PACKAGES
    [Fact]
    public void A_message_without_serializer_is_refused() =>
        Assert.Contains(nameof(Unbound), Assert.Throws<SerializationException>(() => TestActor.Tell(new Unbound())).Message, StringComparison.Ordinal);

    [Fact]
    public void Settings_that_name_no_type_are_refused() =>
        Assert.Throws<ConfigurationException>(() => ActorSystem.Create("x", "akka.actor.serializers.a = \"No.Such, Thing\""));

    [Fact]
    public void Remote_actors_are_refused() =>
        Assert.Throws<ConfigurationException>(() => ActorSystem.Create("x", "akka.actor.provider = remote"));
#endif

    private sealed record Unbound;

    private sealed class LocalOnly : INoSerializationVerificationNeeded;

    private sealed class Silent : ReceiveActor;
}

public class Note(string text)
{
    public string Text { get; } = text;
}

public sealed class SpecialNote(string text) : Note(text);

public sealed class NoteSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override string Manifest(object o) => "N";
    public override byte[] ToBinary(object obj) => Encoding.UTF8.GetBytes(((Note)obj).Text);
    public override object FromBinary(byte[] bytes, string manifest) =>
        manifest == "N" ? new Note(Encoding.UTF8.GetString(bytes)) : throw new SerializationException($"unknown manifest {manifest}");
}
