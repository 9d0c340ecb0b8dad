namespace MpcActors.Network;

/// <summary>One machine that all actors of a run share, as processes of it do: while it computes for one and moves the bytes of another, a third has to wait.</summary>
/// <remarks>
/// What it can do is all of its cores' work, whoever needs it: a turn that was measured with the whole machine leaves some of it to others, where it did not keep every core busy, and
/// bytes take time at both of their ends. What comes out is when all work is done, not who would be first where cores are divided.
/// </remarks>
/// <param name="TurnShare">How much of the machine a turn keeps busy: 1 if all cores, 0.5 if one of two.</param>
/// <param name="NanosecondsPerByte">Of a frame, if all cores did nothing else: from the sender's program to the receiver's, through whatever encrypts, copies and checks it.</param>
/// <param name="PerFrame">Of a frame, whatever its length, in the same way: system calls, and the threads that wake up for it.</param>
public sealed record SharedMachine(double TurnShare, double NanosecondsPerByte, TimeSpan PerFrame)
{
    /// <summary>For how long the machine can do nothing else.</summary>
    internal TimeSpan TimeOf(TimeSpan turn, IReadOnlyCollection<Departure> frames) =>
        TurnShare * turn + frames.Count * PerFrame + TimeSpan.FromMicroseconds(NanosecondsPerByte * frames.Sum(frame => frame.Bytes) / 1000);
}
