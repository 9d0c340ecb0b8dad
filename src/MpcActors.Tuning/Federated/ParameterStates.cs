using System.Text;
using MpcActors.Models.Transformers.Training;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Tuning.Gradients;

namespace MpcActors.Tuning.Federated;

/// <summary>A party's half of a federation's parameters, in files of its own: those of the last sum and of the one before it.</summary>
/// <remarks>Both parties keep theirs within the session that adds up, the server says which sum counts after it: so whenever a process dies, what the server goes on from is there.</remarks>
/// <param name="path">Of the files, without their number.</param>
/// <param name="id">Of the federation.</param>
public sealed class ParameterStates(string path, string id)
{
    const string Name = "parameters";

    readonly PartyStates _states = new(path, Encoding.ASCII.GetBytes(id));

    /// <param name="sum">How often updates have been added up.</param>
    public void Write(int sum, Share parameters) => _states.Write(sum, [(Name, [Of(parameters)])], new(sum, new Dictionary<string, (Share, Share)>()));

    /// <exception cref="InvalidDataException">There is none of that sum, or it is damaged or of another federation.</exception>
    public Share Read(int sum, Shape shape, int fractionBits)
    {
        var parameters = Of(new(RingTensor.Hollow(shape), fractionBits));
        _states.Read(sum, sum, [(Name, [parameters])], hasMoments: false, new ShareSgd(1));
        return parameters.Value;
    }

    static Parameter Of(Share share) => new(Name, share, isTrained: true);
}
