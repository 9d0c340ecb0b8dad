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
/// <param name="agreed">What is trained and how, as this role's own configuration says: the data owner's first job alone is not believed.</param>
/// <param name="states">Where this party keeps its shares; null keeps none. The dealer has none to keep.</param>
public sealed class TrainingService(GradientSettings agreed, PartyStates? states = null)
{
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
        if (TrainingJob.Begin.Of(agreed, begin.From).Agreed.Zip(begin.Agreed).FirstOrDefault(pair => pair.First != pair.Second) is { First.Name: { } fact } other)
            throw new ProtocolViolationException($"the data owner begins another training than was agreed on: its {fact} is {other.Second.Value}, not {other.First.Value}");
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

        IShareOptimizer optimizer = begin.Optimizer == StepOptimizer.Sgd ? new ShareSgd(0) : new ShareAdam(new(0, Decay: begin.Decay));
        var session = new Session(begin, outline, suite, step, optimizer);
        if (begin.From > 0) Restore(party, session);
        var next = begin.From;
        while (true)
        {
            switch (TrainingJob.FromBytes((await party.ReceivePublic(Role.DataOwner)).Span))
            {
                case TrainingJob.Step job:
                    if (job.Number != next || next >= begin.Steps)
                        throw new ProtocolViolationException($"the data owner asks for step {job.Number}, but {(next < begin.Steps ? $"step {next} is due" : $"all {begin.Steps} steps are made")}");
                    Require(session, job.Epoch, job.Lengths);
                    next++;
                    await Step(party, session, job);
                    break;
                case TrainingJob.Infer job:
                    Require(session, job.Epoch, job.Lengths);
                    await Infer(party, session, job);
                    break;
                case TrainingJob.Finish:
                    // Values after a step or two say much of a gradient, and with it of the model or the texts.
                    if (next < begin.Steps) throw new ProtocolViolationException($"the data owner ends the training after {next} of {begin.Steps} steps, and what is trained is given out after the last one alone");
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
    void Require(Session session, ulong epoch, int[] lengths)
    {
        var outline = session.Outline;
        if (!_epochs.Add(epoch)) throw new ProtocolViolationException("the data owner names two jobs by one epoch, whose masks are for one alone");
        if (lengths.Max() is var longest && longest > outline.MostTokens) throw new ProtocolViolationException($"the data owner has a text of {longest} tokens, and the model reads {outline.MostTokens}");
        var (rows, shared) = (lengths.Sum() + (long)lengths.Length * session.Begin.PromptRows, outline.InputShape(lengths.Sum()));
        if (rows > TrainingJob.Most || (long)shared.Rows * shared.Columns > MostWords)
            throw new ProtocolViolationException($"the data owner has texts of {rows} rows together, and {shared.Columns} numbers in a row of its own: more than {TrainingJob.Most} rows or {MostWords} numbers");
    }

    async ValueTask Step(Party party, Session session, TrainingJob.Step job)
    {
        using var scope = party.Meter.Enter("step");
        var (begin, outline, _, step, optimizer) = session;
        var input = await party.ReceiveShare(Role.DataOwner, outline.InputShape(job.Lengths.Sum()), outline.InputBits);
        var labels = await party.ReceiveShare(Role.DataOwner, new(job.Lengths.Length, outline.Classes), 0);
        await party.BeginEpoch(job.Epoch);
        optimizer.Rate = job.Rate;
        var logits = await session.Narrow(party, await step.Run(party, input, labels, session.Longer(job.Lengths), session.Longer(job.Answers), optimizer, begin.ClipNorm));
        await party.EndEpoch();

        var made = job.Number + 1;
        if (states is not null && begin.States.AreKeptAfter(made))
        {
            using var offline = party.Meter.Offline();
            states.Write(begin.States.CountAfter(made), step.Trained, optimizer.State);
        }

        party.SendShare(Role.DataOwner, logits);
    }

    static async ValueTask Infer(Party party, Session session, TrainingJob.Infer job)
    {
        using var scope = party.Meter.Enter("infer");
        var outline = session.Outline;
        var input = await party.ReceiveShare(Role.DataOwner, outline.InputShape(job.Lengths.Sum()), outline.InputBits);
        await party.BeginEpoch(job.Epoch);
        var logits = await session.Narrow(party, await session.Step.Logits(party, input, session.Longer(job.Lengths), session.Longer(job.Answers)));
        await party.EndEpoch();
        party.SendShare(Role.DataOwner, logits);
    }

    void Restore(Party party, Session session)
    {
        var (begin, _, suite, step, optimizer) = session;
        var hasMoments = begin.Optimizer != StepOptimizer.Sgd;
        if (party.Seat is Seat.Zero or Seat.One)
        {
            var kept = states ?? throw new InvalidDataException($"the session goes on after step {begin.From}, and {party.Seat} has kept nothing");
            kept.Read(begin.States.CountAfter(begin.From), begin.From, step.Trained, hasMoments, optimizer);
            return;
        }

        optimizer.State = new(begin.From, step.Trained.Where(_ => hasMoments).ToDictionary(group => group.Name, group =>
        {
            var hollow = RingTensor.Hollow(Shape.Vector(group.Parameters.Sum(parameter => parameter.Shape.Count)));
            return (new Share(hollow, FixedPoint.FractionBits), new Share(hollow, suite.SquareBits));
        }));
    }

    /// <summary>What was agreed on at the beginning.</summary>
    sealed record Session(TrainingJob.Begin Begin, TrainingOutline Outline, ITrainingSuite Suite, TrainingStep Step, IShareOptimizer Optimizer)
    {
        /// <summary>Lengths or places in texts, with a prompt's rows before each.</summary>
        public int[] Longer(int[] values) => Array.ConvertAll(values, value => value + Begin.PromptRows);

        public ValueTask<Share> Narrow(Party party, Share logits) => Suite.Scale(party, logits, 1, FixedPoint.FractionBits);
    }
}
