using System.Diagnostics;
using MpcActors.Actors;
using MpcActors.Data;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>The data owner's program of a calibration: asks for forward passes one after another, and takes the time of each of the later ones.</summary>
/// <param name="prompts">In each pass, on all training texts.</param>
/// <param name="warmUps">Passes before the timed ones: the first calls of a process compile it.</param>
/// <remarks>
/// A pass goes from its question to the moment after its answer, when the next question or the farewell leaves. Connecting, sharing the model and
/// the texts, and whatever is dealt for earlier passes come before.
/// </remarks>
sealed class TimedQuestions(NodeJob job, SessionBlock session, int prompts, int warmUps, int passes)
{
    const int Stream = 11;

    readonly List<(PassCall Call, double Seconds)> _timed = [];

    /// <summary>The timed passes: the questions that they became on the wire, and their times by the wall clock.</summary>
    public IReadOnlyList<(PassCall Call, double Seconds)> Timed => _timed;

    public RoleProgram Program(SessionSecrets secrets, Seed name) => async port =>
    {
        var (candidate, train) = (job.Candidate, job.Texts.Train);
        var pass = new PrivateForwardPass(port, secrets.In(name, Role.DataOwner), train, candidate.Labels.Classes, candidate.Projection, candidate.TokenRows);
        await pass.Logits(train, [null]);
        for (var i = 0; i < warmUps + passes; i++)
        {
            var (first, start) = (pass.Questions, Stopwatch.GetTimestamp());
            await pass.Logits(train, Latents(i));
            if (i >= warmUps) _timed.Add((new(train.Name, prompts, first, pass.Questions - first), Stopwatch.GetElapsedTime(start).TotalSeconds));
        }

        pass.Finish();
    };

    double[][] Latents(int pass)
    {
        var width = session.Tuning.LatentDimension;
        return [.. Enumerable.Range(pass * prompts, prompts).Select(prompt =>
        {
            var latent = new double[width];
            CounterGaussian.Fill(session.Tuning.Seed, Stream + (ulong)prompt, latent);
            return latent;
        })];
    }
}
