using System.Globalization;
using System.Runtime.InteropServices;
using MpcActors.Models.Transformers.Training;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Tuning.Gradients;

/// <summary>A party's shares after some steps, in files of its own: the last state that was kept and the one before it.</summary>
/// <remarks>
/// A party keeps a state before it gives out the logits of its step, the data owner after it has both halves. So when a session dies, the owner's last state is
/// the parties' last one or the one before it, and both are there.
/// </remarks>
/// <param name="path">Of the files, without their number.</param>
/// <param name="identity">What the states are bound to: the session's name.</param>
public sealed class PartyStates(string path, byte[] identity)
{
    const string Heading = "a party's shares";

    /// <param name="number">Of kept states so far.</param>
    public void Write(int number, IReadOnlyList<(string Name, Parameter[] Parameters)> trained, OptimizerState optimizer) =>
        TuningCheckpoint.Write(FileOf(number), identity, stream =>
        {
            using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
            writer.Write(Heading);
            writer.Write(optimizer.Steps);
            foreach (var (name, parameters) in trained)
            {
                foreach (var parameter in parameters) Write(writer, parameter.Value);
                if (!optimizer.Moments.TryGetValue(name, out var moments)) continue;
                Write(writer, moments.M);
                Write(writer, moments.V);
            }
        });

    /// <summary>Takes up a state: parameters and the optimiser's moments.</summary>
    /// <exception cref="InvalidDataException">There is none after so many steps, or it is damaged or of another session.</exception>
    public void Read(int number, int steps, IReadOnlyList<(string Name, Parameter[] Parameters)> trained, bool hasMoments, IShareOptimizer optimizer)
    {
        var file = FileOf(number);
        var isThere = TuningCheckpoint.TryRead(file, identity, state => StateStream.Read(state, Heading, reader =>
        {
            var found = reader.ReadInt32();
            if (found != steps) throw new InvalidDataException($"{file} is of step {found}, not of step {steps}; remove the folder to start anew");
            var moments = new Dictionary<string, (Share M, Share V)>();
            foreach (var (name, parameters) in trained)
            {
                foreach (var parameter in parameters) parameter.Replace(ReadShare(reader, parameter.Shape));
                var flat = Shape.Vector(parameters.Sum(parameter => parameter.Shape.Count));
                if (hasMoments) moments[name] = (ReadShare(reader, flat), ReadShare(reader, flat));
            }

            optimizer.State = new(steps, moments);
        }));
        if (!isThere) throw new InvalidDataException($"there is no file {file}, which should hold a party's shares after step {steps}");
    }

    string FileOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{path}-{number % 2}.checkpoint");

    static void Write(BinaryWriter writer, Share share)
    {
        writer.Write(share.FractionBits);
        writer.Write(MemoryMarshal.AsBytes(share.Value.Span));
    }

    static Share ReadShare(BinaryReader reader, Shape shape)
    {
        var bits = reader.ReadInt32();
        if (bits is < 0 or > 60) throw new InvalidDataException($"the saved state has a share with {bits} fraction bits");
        var value = RingTensor.Uninitialized(shape);
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(value.Span));
        return new(value, bits);
    }
}
