using MpcActors.Data;
using MpcActors.Models.Private;
using MpcActors.Tuning.Federated;

namespace MpcActors.Cli;

/// <summary>What each process of a federation makes of the configuration: its own part of the task.</summary>
sealed class FederatedParts(FederatedFile file, IProgress<string> progress, CancellationToken cancellation)
{
    FederatedBlock Block => file.Federation;

    /// <summary>Of party zero, the server or the dealer.</summary>
    public IFederatedTask OfSeat(EncoderOutline outline) => outline.Classes == (Block.HasFiles ? Block.Classes.Length : outline.Classes)
        ? FederatedTuning.OfSeat(outline, Block.Tuning, Block.Clients, Block.Trained)
        : throw new Protocols.ProtocolViolationException($"the model owner announces {outline.Classes} classes, not {Block.Classes.Length}");

    public async Task<FederatedTuning> OfClientAsync(int client) => await MakeAsync((await TextsAsync(only: client)).OfClient(client));

    public async Task<FederatedTuning> OfModelOwnerAsync() => await MakeAsync((await TextsAsync(only: -1)) with { Clients = new IReadOnlyList<LabelledText>?[Block.Clients] });

    /// <summary>Of all together, for a simulation.</summary>
    public async Task<FederatedTuning> OfAllAsync() => await MakeAsync(await TextsAsync(only: null));

    public async Task<EncoderModel> ModelAsync() => Block.Model == "tiny" ? EncoderModel.Tiny() : await EncoderModel.UseLiteAsync(new ModelCache(), progress, cancellation);

    async Task<FederatedTuning> MakeAsync(FederatedTexts texts)
    {
        var model = await ModelAsync();
        return BadInputException.Check(() => FederatedTuning.Of(texts, model, Block.Tuning, Block.Trained));
    }

    /// <param name="only">Whose file to read; none below zero, all of them if null. A task that comes with the program is public.</param>
    async Task<FederatedTexts> TextsAsync(int? only)
    {
        if (!Block.HasFiles)
        {
            var task = Block.Task == "tiny" ? TinyTask.Create() : (await SentimentSentences.EnsureAsync(new ModelCache(), progress, cancellation)).Single(sentences => sentences.Name == Block.Task);
            return BadInputException.Check(() => FederatedTexts.Of(task, Block.Clients, Block.Alpha, Block.Tuning.Seed));
        }

        var clients = Enumerable.Range(0, Block.Clients).Select(client => only is null || client == only ? Read(FileOf(client)) : null).ToArray();
        return new(Block.TaskName, Block.Labels, clients, only is null or < 0 && Block.Test is { } test ? Read(test) : []);
    }

    string FileOf(int client) => file.Data.GetValueOrDefault(client)
        ?? throw new BadInputException($"'{file.Path}' lacks mpc.roles.{FederationSeeds.Client(client)}.data, the file of the client's texts; {FederatedBlock.Path}.classes says that clients have files");

    IReadOnlyList<LabelledText> Read(string path) => BadInputException.Check(() => TsvTask.ReadTexts(file.Beside(path), Block.Classes));
}
