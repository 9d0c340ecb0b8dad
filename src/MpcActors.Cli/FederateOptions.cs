using System.CommandLine;
using System.Globalization;
using MpcActors.Actors;
using MpcActors.Data;
using MpcActors.Models.Transformers.Training;
using MpcActors.Network;
using MpcActors.Tuning.Federated;

namespace MpcActors.Cli;

/// <param name="Alpha">Of the Dirichlet distribution; null splits alike.</param>
/// <param name="Task">Name of the sentences; null for the tiny task.</param>
/// <param name="Lines">Of single clients, by their number from 1.</param>
/// <param name="DropOuts">Rounds and clients, from 0.</param>
/// <param name="CheckpointFile">Null keeps none.</param>
sealed record FederateSettings(
    CommonSettings Common, int Clients, FederatedSettings Tuning, double? Alpha, string? Task, string Model, IReadOnlyDictionary<int, LinkProfile> Lines,
    IReadOnlySet<(int Round, int Client)> DropOuts, string? CheckpointFile, bool Resume)
{
    /// <summary>As it is typed.</summary>
    public string Train { get; init; } = FederateOptions.Head;

    /// <summary>Of the encoder; null where a classifier on its embeddings is trained instead.</summary>
    public TrainedTensors? Trained { get; init; }

    /// <summary>Party pairs that work beside each other.</summary>
    public int Pairs { get; init; } = 1;
}

/// <summary>The options of <c>federate</c>, read into settings that can be run.</summary>
sealed class FederateOptions(string command)
{
    public const int MostClients = 16;

    public const string Head = "head";

    public const string LastLayers = "last-layers", Adapters = "lora", Full = "full";

    const string Tiny = "tiny";

    /// <summary>What can be trained, as it is typed.</summary>
    public static string[] Parts { get; } = [Head, LastLayers, Adapters, Full];

    readonly Option<int> _clients = Options.Count("--clients", "Clients, each with private texts of its own", 2, 1, MostClients);
    readonly Option<int> _pairs = Options.Count("--pairs", "Party pairs, each with a dealer, among which the clients are divided; at most one a client", 1, 1, MostClients);
    readonly Option<int?> _picked = Options.CountIfAny("--picked", "Clients that train in a round (default: all)", most: MostClients);
    readonly Option<int> _rounds = Options.Count("--rounds", "Rounds, each of which ends with an aggregation", 5, 1, 10_000);
    readonly Option<int> _steps = Options.Count("--local-steps", "Steps of a client in a round", 4, 1, 64);
    readonly Option<int> _batch = Options.Count("--batch", "Texts a step", 16, 1, 256);
    readonly Option<string> _split = Options.Choice("--split", "How the texts are split between clients: alike, or skewed by class", "iid", "iid", "dirichlet");
    readonly Option<double?> _alpha = Options.Positive("--alpha", "Parameter of the Dirichlet split; the smaller, the more skewed", 0.5, most: 1e6);
    readonly Option<string> _task = Options.Choice("--task", "Which sentences to classify; tiny needs nothing from outside", "yelp", [.. SentimentSentences.Names, Tiny]);
    readonly Option<string> _model = Options.Choice("--model", "Frozen sentence encoder whose embeddings the clients train on", "use-lite", EncoderModel.Names);
    readonly Option<string> _optimizer = Options.Choice("--optimizer", "What a client does with a gradient", "sgd", "sgd", "adam");
    readonly Option<double?> _learningRate = Options.Positive(
        "--learning-rate", "Learning rate (default: 0.2 for sgd, 0.01 for adam; of the encoder's layers 0.01 and 0.0005, of adapters 0.1 and 0.003)", most: FederatedSettings.LargestRate);

    readonly Option<string> _train = Options.Choice(
        "--train", "What is trained: a classifier on the frozen encoder's embeddings, its last layers, low-rank adapters of its attention, or all its layers", Head, Parts);

    readonly Option<int?> _layers = Options.CountIfAny("--layers", "With --train last-layers: how many, beside the encoder's head (default: 1)", most: 64);
    readonly Option<int?> _rank = Options.CountIfAny("--rank", "With --train lora: columns of the adapters' first factor (default: 4)", most: 64);

    readonly Option<string[]> _dropOuts = new("--drop-out")
    {
        Description = "A client that drops out in the middle of a round, both counted from 1; any number of times",
        HelpName = "ROUND:CLIENT",
    };

    readonly Option<string?> _checkpoint = Options.Text("--checkpoint", "DIR", "Folder for the state of the tuning, kept after every round");
    readonly Option<bool> _resume = Options.Flag("--resume", "Go on from the checkpoint, if there is one");
    readonly Option<bool> _offline = Options.Flag("--offline", "Fetch nothing: the same as --model tiny --task tiny");
    readonly CommonOptions _common = new(command);

    public void AddTo(Command to)
    {
        foreach (var option in new Option[]
            { _clients, _pairs, _picked, _rounds, _steps, _batch, _split, _alpha, _task, _model, _train, _layers, _rank, _optimizer, _learningRate, _dropOuts, _checkpoint, _resume, _offline })
            to.Options.Add(option);
        _common.AddTo(to);
    }

    public FederateSettings Read(ParseResult result)
    {
        var common = _common.Read(result);
        var clients = result.GetValue(_clients);
        var isAdam = result.GetValue(_optimizer) == "adam";
        var (train, trained) = Trained(result);
        var tuning = new FederatedSettings(
            result.GetValue(_rounds), result.GetValue(_steps), result.GetValue(_picked) ?? clients, result.GetValue(_batch), isAdam ? LocalOptimizer.Adam : LocalOptimizer.Sgd,
            result.GetValue(_learningRate) ?? UsualRate(train, isAdam), common.Seed);
        BadInputException.Check(() => tuning.Validate(clients));
        RequireUse(result.GetValue(_pairs), clients, _pairs.Name);
        var checkpoint = result.GetValue(_checkpoint);
        if (result.GetValue(_resume) && checkpoint is null) throw new BadInputException("--resume needs --checkpoint DIR, the folder that holds the state to go on from");
        var isOffline = result.GetValue(_offline);
        var task = isOffline ? Tiny : result.GetValue(_task)!;
        return new(
            common, clients, tuning, result.GetValue(_split) == "dirichlet" ? result.GetValue(_alpha) : null, task == Tiny ? null : task, isOffline ? Tiny : result.GetValue(_model)!,
            Lines(result, clients), (result.GetValue(_dropOuts) ?? []).Select(text => DropOut(text, tuning.Rounds, clients)).ToHashSet(),
            checkpoint is null ? null : Path.Combine(checkpoint, "federation.checkpoint"), result.GetValue(_resume))
        {
            Train = train,
            Trained = trained,
            Pairs = result.GetValue(_pairs),
        };
    }

    /// <exception cref="BadInputException">A pair would have nothing to do.</exception>
    public static void RequireUse(int pairs, int clients, string name)
    {
        if (pairs > clients) throw new BadInputException($"{name} is {pairs}, but there {(clients == 1 ? "is 1 client" : $"are {clients} clients")}: a pair works with one client at a time, so the others would have nothing to do");
    }

    (string Name, TrainedTensors? Tensors) Trained(ParseResult result)
    {
        var train = result.GetValue(_train)!;
        RequireUse(_layers, LastLayers);
        RequireUse(_rank, Adapters);
        return (train, TensorsOf(train, result.GetValue(_layers), result.GetValue(_rank)));

        void RequireUse(Option<int?> option, string of)
        {
            if (result.GetValue(option) is not null && train != of) throw new BadInputException($"{option.Name} is for --train {of}, not for --train {train}");
        }
    }

    /// <summary>Null for a classifier on embeddings.</summary>
    public static TrainedTensors? TensorsOf(string train, int? layers, int? rank) => train switch
    {
        LastLayers => new TrainedTensors.Last(layers ?? 1),
        Adapters => new TrainedTensors.Adapters(rank ?? 4),
        Full => TrainedTensors.All,
        _ => null,
    };

    public static double UsualRate(string train, bool isAdam) => train switch
    {
        Head => isAdam ? 0.01 : 0.2,
        Adapters => isAdam ? 0.003 : 0.1,
        _ => isAdam ? 0.0005 : 0.01,
    };

    IReadOnlyDictionary<int, LinkProfile> Lines(ParseResult result, int clients)
    {
        var lines = BadInputException.Check(() => Hocon.ClientNetworks(_common.NetworkName(result)));
        return lines.Keys.FirstOrDefault(client => client > clients) is var stranger and > 0
            ? throw new BadInputException($"'{_common.NetworkName(result)}' has mpc.clients.client-{stranger}, but there are {clients} clients; raise --clients or remove the section")
            : lines;
    }

    static (int Round, int Client) DropOut(string text, int rounds, int clients) =>
        text.Split(':') is [var first, var second] && Number(first, rounds) is { } round && Number(second, clients) is { } client
            ? (round - 1, client - 1)
            : throw new BadInputException($"--drop-out is '{text}', but must be a round from 1 to {rounds}, a colon, and a client from 1 to {clients}, such as 1:2");

    static int? Number(string text, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most ? number : null;
}
