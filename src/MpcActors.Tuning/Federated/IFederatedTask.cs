using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Tuning.Federated;

/// <summary>What a federation trains: each role's own part of it, and the same in the clear.</summary>
/// <remarks>A role in a process of its own has its part alone: of the others it knows settings, sizes and what was announced to all.</remarks>
public interface IFederatedTask
{
    FederatedPlan Plan { get; }

    /// <summary>The model owner's parameters that are trained, row by row of <see cref="FederatedPlan.Parameters"/>.</summary>
    double[] Start { get; }

    /// <summary>Fraction bits of the global parameters.</summary>
    int ParameterBits { get; }

    /// <summary>What a checkpoint and all masks are bound to: settings, every client's texts and the model.</summary>
    RunFacts Facts { get; }

    /// <summary>What of that is public.</summary>
    RunFacts Settings { get; }

    /// <summary>Of the model owner's weights, to the last bit.</summary>
    byte[] HashOfModel();

    /// <summary>Of a client's texts and their classes.</summary>
    byte[] HashOfTexts(int client);

    /// <summary>Tokens of each of a client's texts; public.</summary>
    int[] LengthsOf(int client);

    /// <summary>What a client has announced of its texts, for a seat that cannot know it otherwise.</summary>
    /// <param name="lengths">As in <see cref="LengthsOf"/>.</param>
    void Learn(int client, int[] lengths);

    /// <summary>One seat's part, with a state of its own.</summary>
    ILocalTraining NewTraining();

    /// <summary>The model owner shares what of its model stays as it is.</summary>
    /// <param name="seed">Used for this alone.</param>
    void ShareFrozen(Port port, Seed seed);

    /// <summary>A client shares its texts, once.</summary>
    /// <param name="seed">The client's own, used for this alone.</param>
    void ShareTexts(Port port, int client, Seed seed);

    /// <summary>A client's parameters after its steps of a round, in the clear.</summary>
    /// <param name="parameters">From which it begins; not changed.</param>
    double[] TrainInTheClear(double[] parameters, int client, int round);
}
