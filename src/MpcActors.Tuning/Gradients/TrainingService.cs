using MpcActors.Models.Transformers.Training;
using MpcActors.Protocols;
using MpcActors.Protocols.Training;
using MpcActors.Ring;

namespace MpcActors.Tuning.Gradients;

/// <summary>What the parties do in training by gradients: take the model, then make the data owner's steps and passes until it is done. Nobody but the data owner sees a logit or a loss.</summary>
/// <remarks>
/// One program for both parties and the dealer. What stays as it is in all steps is opened once, in epoch 0; every step and every pass is an epoch of its own, named by the data
/// owner with a hash of what it is, keyed with its seed. A session that goes on from a kept state repeats epoch 0 and then the interrupted step, byte for byte.
/// </remarks>
/// <param name="states">Where this party keeps its shares; null keeps none. The dealer has none to keep.</param>
public sealed class TrainingService(PartyStates? states = null)
{
    /// <summary>Numbers that Adam takes through its rounds together: all roles of a simulation are in one memory.</summary>
    const int MostTogether = 1 << 19;

    /// <summary>Words of a batch as it is shared; a peer's word is not trusted with memory.</summary>
    const long MostWords = 1L << 30;

    /// <summary>The epochs of this session: 0 is the model's. Two jobs of one epoch would have the same masks.</summary>
    readonly HashSet<ulong> _epochs = [0];

    public async ValueTask Serve(Party party)
    {
        await party.Start();
        var outline = TrainingOutline.FromBytes((await party.ReceivePublic(Role.ModelOwner)).Span);
        if (TrainingJob.FromBytes((await party.ReceivePublic(Role.DataOwner)).Span) is not TrainingJob.Begin begin)
            throw new ProtocolViolationException("the data owner's first job does not say how to make steps");
        if ((begin.Method, begin.Suite) != (outline.Method, outline.Suite))
            throw new ProtocolViolationException($"the data owner wants to train by {begin.Method} with the {begin.Suite} suite, the model owner gives its model for {outline.Method} with {outline.Suite}");

        await party.BeginEpoch(0);
        var suite = GradientSettings.Of(begin.Suite);
        var shares = new Queue<Share>();
        foreach (var tensor in outline.Tensors(begin.PromptRows))
            shares.Enqueue(await party.ReceiveShare(tensor.IsPrompt ? Role.DataOwner : Role.ModelOwner, tensor.Shape, tensor.FractionBits));
        var model = outline.Build(begin.PromptRows, (name, _, isTrained) => new(name, shares.Dequeue(), isTrained));
        var step = new TrainingStep(suite, model, TrainingStep.UsualLossScale);
        await step.SetUp(party);
        await party.EndEpoch();

        IShareOptimizer optimizer = begin.Optimizer == StepOptimizer.Sgd ? new ShareSgd(0) : new ShareAdam(new(0, Decay: begin.Decay), MostTogether);
        if (begin.From > 0) Restore(party, begin, suite, step, optimizer);
        var next = begin.From;
        while (true)
        {
            switch (TrainingJob.FromBytes((await party.ReceivePublic(Role.DataOwner)).Span))
            {
                case TrainingJob.Step job:
                    if (job.Number != next || next >= begin.Steps)
                        throw new ProtocolViolationException($"the data owner asks for step {job.Number}, but {(next < begin.Steps ? $"step {next} is due" : $"all {begin.Steps} steps are made")}");
                    Require(begin, outline, job.Epoch, job.Lengths);
                    next++;
                    await Step(party, begin, outline, step, optimizer, job);
                    break;
                case TrainingJob.Infer job:
                    Require(begin, outline, job.Epoch, job.Lengths);
                    await Infer(party, begin, outline, step, job);
                    break;
                case TrainingJob.Finish:
                    // The parties wait for nothing here, so both halves are on their way before either of them is done.
                    foreach (var parameter in model.Parameters.Where(parameter => parameter.IsTrained))
                        party.SendShare(begin.Method == TuningMethod.Prompt ? Role.DataOwner : Role.ModelOwner, parameter.Value);
                    return;
                default:
                    throw new ProtocolViolationException("the data owner began a session that is under way");
            }
        }
    }

    /// <exception cref="ProtocolViolationException">A job that this session cannot have.</exception>
    void Require(TrainingJob.Begin begin, TrainingOutline outline, ulong epoch, int[] lengths)
    {
        if (!_epochs.Add(epoch)) throw new ProtocolViolationException("the data owner names two jobs by one epoch, whose masks are for one alone");
        if (lengths.Max() is var longest && longest > outline.MostTokens) throw new ProtocolViolationException($"the data owner has a text of {longest} tokens, and the model reads {outline.MostTokens}");
        var (rows, shared) = (lengths.Sum() + (long)lengths.Length * begin.PromptRows, outline.InputShape(lengths.Sum()));
        if (rows > TrainingJob.Most || (long)shared.Rows * shared.Columns > MostWords)
            throw new ProtocolViolationException($"the data owner has texts of {rows} rows together, and {shared.Columns} numbers in a row of its own: more than {TrainingJob.Most} rows or {MostWords} numbers");
    }

    async ValueTask Step(Party party, TrainingJob.Begin begin, TrainingOutline outline, TrainingStep step, IShareOptimizer optimizer, TrainingJob.Step job)
    {
        using var scope = party.Meter.Enter("step");
        var input = await party.ReceiveShare(Role.DataOwner, outline.InputShape(job.Lengths.Sum()), outline.InputBits);
        var labels = await party.ReceiveShare(Role.DataOwner, new(job.Lengths.Length, outline.Classes), 0);
        await party.BeginEpoch(job.Epoch);
        optimizer.Rate = job.Rate;
        var logits = await Narrow(party, outline, await step.Run(party, input, labels, Longer(job.Lengths, begin), Longer(job.Answers, begin), optimizer, begin.ClipNorm));
        await party.EndEpoch();

        var made = job.Number + 1;
        if (states is not null && (made % begin.KeepEvery == 0 || made == begin.Steps))
        {
            using var offline = party.Meter.Offline();
            states.Write(Number(made, begin.KeepEvery), step.Trained, optimizer.State);
        }

        party.SendShare(Role.DataOwner, logits);
    }

    static async ValueTask Infer(Party party, TrainingJob.Begin begin, TrainingOutline outline, TrainingStep step, TrainingJob.Infer job)
    {
        using var scope = party.Meter.Enter("infer");
        var input = await party.ReceiveShare(Role.DataOwner, outline.InputShape(job.Lengths.Sum()), outline.InputBits);
        await party.BeginEpoch(job.Epoch);
        var logits = await Narrow(party, outline, await step.Logits(party, input, Longer(job.Lengths, begin), Longer(job.Answers, begin)));
        await party.EndEpoch();
        party.SendShare(Role.DataOwner, logits);
    }

    void Restore(Party party, TrainingJob.Begin begin, ITrainingSuite suite, TrainingStep step, IShareOptimizer optimizer)
    {
        var hasMoments = begin.Optimizer != StepOptimizer.Sgd;
        if (party.Seat is Seat.Zero or Seat.One)
        {
            var kept = states ?? throw new InvalidDataException($"the session goes on after step {begin.From}, and {party.Seat} has kept nothing");
            kept.Read(Number(begin.From, begin.KeepEvery), begin.From, step.Trained, hasMoments, optimizer);
            return;
        }

        optimizer.State = new(begin.From, step.Trained.Where(_ => hasMoments).ToDictionary(group => group.Name, group =>
        {
            var hollow = RingTensor.Hollow(Shape.Vector(group.Parameters.Sum(parameter => parameter.Shape.Count)));
            return (new Share(hollow, FixedPoint.FractionBits), new Share(hollow, suite.SquareBits));
        }));
    }

    static ValueTask<Share> Narrow(Party party, TrainingOutline outline, Share logits) => GradientSettings.Of(outline.Suite).Scale(party, logits, 1, FixedPoint.FractionBits);

    /// <summary>Which state it is that is kept after so many steps.</summary>
    static int Number(int steps, int keepEvery) => (steps + keepEvery - 1) / keepEvery;

    static int[] Longer(int[] values, TrainingJob.Begin begin) => Array.ConvertAll(values, value => value + begin.PromptRows);
}
