using Akka.Configuration;
using MpcActors.Actors.Nodes;
using MpcActors.Models.Transformers.Training;
using MpcActors.Tuning;
using MpcActors.Tuning.Federated;

namespace MpcActors.Cli;

/// <summary>What a federation of processes trains: the same choices as the options of <c>federate</c>.</summary>
/// <param name="Pairs">Party pairs, each with a dealer, among which the clients are divided.</param>
/// <param name="Task">A task that comes with the program; empty where clients have files.</param>
/// <param name="Alpha">Of the Dirichlet split of a task's texts; null splits alike.</param>
/// <param name="Classes">Of the clients' files; empty with a task, as labels are.</param>
/// <param name="Labels">A sentence a class.</param>
/// <param name="Test">The model owner's file of test texts, with clients' files.</param>
/// <param name="Train">As it is typed.</param>
/// <param name="Trained">Of the encoder; null for a classifier on its embeddings.</param>
/// <param name="ClientTimeout">How long a session waits for a client that is not there.</param>
sealed record FederatedBlock(
    int Clients, int Pairs, string Task, double? Alpha, string[] Classes, string[] Labels, string? Test, string Model, string Train, TrainedTensors? Trained, FederatedSettings Tuning, TimeSpan ClientTimeout)
{
    public const string Path = "mpc.federation";

    static readonly TimeSpan UsualClientTimeout = TimeSpan.FromSeconds(15);

    /// <summary>The texts are clients' files.</summary>
    public bool HasFiles => Task.Length == 0;

    /// <summary>For reports and messages.</summary>
    public string TaskName => HasFiles ? "the clients' texts" : Task;

    /// <summary>What all nodes have to agree on.</summary>
    public IReadOnlyList<Fact> Facts =>
    [
        new("model", Model),
        new("trained part", Trained?.ToString() ?? Train),
        new("number of clients", Clients.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        new("texts", HasFiles ? "of the clients" : $"of {Task}{(Alpha is { } alpha ? FormattableString.Invariant($", dirichlet {alpha}") : "")}"),
        new("classes", string.Join(" | ", Classes)),
        new("labels", string.Join(" | ", Labels)),
        .. Tuning.Facts.Select(fact => new Fact(fact.Name, fact.Value)),
    ];

    /// <summary>What the server's file is bound to, in words.</summary>
    public RunFacts PublicFacts => new(Facts.Select(fact => (fact.Name, fact.Value)));

    public static FederatedBlock Read(Config config, string path)
    {
        var section = Section.Of(
            config, path, Path, "clients", "pairs", "picked", "rounds", "local-steps", "batch", "split", "alpha", "task", "classes", "labels", "test", "model", "train", "layers", "rank", "optimizer", "learning-rate", "seed",
            "client-timeout");
        var clients = section.Count("clients", 2, 1, FederateOptions.MostClients);
        var pairs = section.Count("pairs", 1, 1, FederateOptions.MostClients);
        FederateOptions.RequireUse(pairs, clients, $"'{path}': {Path}.pairs");
        var (classes, labels) = (section.Texts("classes"), section.Texts("labels"));
        var hasFiles = classes.Length > 0;
        if (hasFiles && section.Has("task")) throw new BadInputException($"'{path}' has both {Path}.task and {Path}.classes; classes are for texts of the clients' own");
        if (hasFiles ? classes.Length < 2 || labels.Length != classes.Length : labels.Length > 0)
            throw new BadInputException($"'{path}': {Path}.classes and {Path}.labels go together: the labels of the clients' files, such as [\"0\", \"1\"], and a sentence for each, such as [\"This is bad.\", \"This is good.\"]");
        if (!hasFiles && section.Has("test")) throw new BadInputException($"'{path}': {Path}.test goes with {Path}.classes; the tasks that come with the program have their own test texts");
        var split = section.Choice("split", "iid", ["iid", "dirichlet"]);
        var alpha = section.Positive("alpha");
        if (split != "dirichlet" && alpha is not null) throw new BadInputException($"'{path}': {Path}.alpha goes with split = dirichlet");
        var train = section.Choice("train", FederateOptions.Head, FederateOptions.Parts);
        if (section.Has("layers") && train != FederateOptions.LastLayers) throw new BadInputException($"'{path}': {Path}.layers is for train = {FederateOptions.LastLayers}, not for train = {train}");
        if (section.Has("rank") && train != FederateOptions.Adapters) throw new BadInputException($"'{path}': {Path}.rank is for train = {FederateOptions.Adapters}, not for train = {train}");
        var isAdam = section.Choice("optimizer", "sgd", ["sgd", "adam"]) == "adam";
        var tuning = new FederatedSettings(
            section.Count("rounds", 5, 1, 10_000), section.Count("local-steps", 4, 1, 64), section.Count("picked", clients, 1, FederateOptions.MostClients), section.Count("batch", 16, 1, 256),
            isAdam ? LocalOptimizer.Adam : LocalOptimizer.Sgd, section.Positive("learning-rate") ?? FederateOptions.UsualRate(train, isAdam), section.Seed("seed", 1));
        BadInputException.Check(() => tuning.Validate(clients));
        return new(
            clients, pairs, hasFiles ? "" : section.Choice("task", "tiny", NodeFile.Tasks), split == "dirichlet" ? alpha ?? 0.5 : null, classes, labels, section.Has("test") ? section.Text("test") : null,
            section.Choice("model", "tiny", EncoderModel.Names), train, FederateOptions.TensorsOf(train, section.Count("layers", 1, 1, 64), section.Count("rank", 4, 1, 64)), tuning,
            section.Time("client-timeout", UsualClientTimeout));
    }
}
