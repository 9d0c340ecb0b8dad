using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>One request of the tuning loop and the questions that it became on the wire, numbered from 0.</summary>
sealed record PassCall(string Set, int Prompts, int FirstQuestion, int Questions);

/// <summary>Keeps which question of the session was asked what for, so that its cost can be told afterwards.</summary>
sealed class MeasuredPass(PrivateForwardPass pass, Action<string> announce) : IForwardPass
{
    readonly List<PassCall> _calls = [];

    public IReadOnlyList<PassCall> Calls => _calls;

    public ValueTask<IReadOnlyList<double[,]>> Logits(TextSet set, IReadOnlyList<double[]?> latents) => Measured(set, latents, pass.Logits);

    public ValueTask<IReadOnlyList<SetLoss>> Losses(TextSet set, IReadOnlyList<double[]?> latents, bool measuresAccuracy) =>
        Measured(set, latents, (texts, prompts) => pass.Losses(texts, prompts, measuresAccuracy));

    async ValueTask<T> Measured<T>(TextSet set, IReadOnlyList<double[]?> latents, Func<TextSet, IReadOnlyList<double[]?>, ValueTask<T>> ask)
    {
        var prompts = latents.Count(latent => latent is not null);
        announce(prompts == 0 ? $"{set.Batch.Texts} {set.Name} texts without a prompt" : $"{set.Batch.Texts} {set.Name} texts under {prompts} {(prompts == 1 ? "prompt" : "prompts")}");
        var first = pass.Questions;
        var result = await ask(set, latents);
        _calls.Add(new(set.Name, prompts, first, pass.Questions - first));
        return result;
    }
}
