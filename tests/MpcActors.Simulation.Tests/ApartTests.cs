using MpcActors.Actors;
using MpcActors.Actors.Federations;
using MpcActors.Models.Transformers.Training;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Tuning.Federated;

namespace MpcActors.Simulation.Tests;

/// <summary>Roles that know their own part of a federation's task alone, as between processes.</summary>
public sealed class ApartTests
{
    static readonly FederatedSettings Settings = new(Rounds: 2, LocalSteps: 1, Picked: 2, Batch: 3, LocalOptimizer.Adam, 0.01, Seed: 5);

    public static TheoryData<TrainedTensors?> Trained => new() { { null }, { new TrainedTensors.Adapters(2) }, { new TrainedTensors.Last(1) } };

    [Theory]
    [MemberData(nameof(Trained))]
    public async Task They_come_to_the_transcript_and_the_parameters_of_a_simulation_that_knows_all(TrainedTensors? trained)
    {
        var whole = new Federation(Make(trained, null), FederationTests.Conditions());
        await whole.OpenAsync();
        for (var round = 0; round < Settings.Rounds; round++) await whole.RoundAsync();
        var parameters = await whole.CloseAsync();

        var apart = new Apart(trained);
        var director = new FederationDirector(new(Settings, new int[2], 0, 0), apart);
        await director.OpenAsync(default);
        for (var round = 0; round < Settings.Rounds; round++) Assert.Equal([0, 1], (await director.RoundAsync(default)).Counted);
        await director.CloseAsync(default);

        Assert.Equal(whole.Transcript, director.Transcript);
        Assert.Equal(parameters, apart.Result);
    }

    /// <param name="only">As in <see cref="EncoderFederationTests.Make"/>.</param>
    static IFederatedTask Make(TrainedTensors? trained, int? only)
    {
        if (trained is not null) return EncoderFederationTests.Make(2, Settings, trained, only);
        var all = FederationTests.Make(2, Settings);
        if (only is not { } part) return all;
        ClientData?[] clients = [.. Enumerable.Range(0, 2).Select(client => client == part ? FederationTests.DataOf(client) : null)];
        return new HeadTask(all.Plan with { Texts = Array.ConvertAll(clients, client => client?.Texts ?? 0) }, clients, part == -1 ? all.Start : null);
    }

    /// <summary>A task of its own for each role.</summary>
    sealed class Apart(TrainedTensors? trained) : IFederationSessions
    {
        readonly FederationSeeds _seeds = FederationSeeds.FromNumber(Settings.Seed);
        readonly Dictionary<Seat, IFederatedTask> _tasks = new[] { Seat.Zero, Seat.One, Seat.Dealer }.ToDictionary(seat => seat, _ => Make(trained, -2));
        readonly Dictionary<Seat, FederatedSeat> _seats = [];

        public double[]? Result { get; private set; }

        public Task<string> MeetAsync(int? client, CancellationToken cancellation)
        {
            if (client is not { } own)
            {
                foreach (var (seat, task) in _tasks) _seats[seat] = new(task);
                return Task.FromResult(_seeds.Brings(FederationSeeds.ModelOwner, Make(trained, -1).HashOfModel()));
            }

            var texts = Make(trained, own);
            foreach (var task in _tasks.Values) task.Learn(own, texts.LengthsOf(own));
            return Task.FromResult(_seeds.Brings(FederationSeeds.Client(own), texts.HashOfTexts(own)));
        }

        public async Task<SessionResult> RunAsync(FederatedSession session, CancellationToken cancellation)
        {
            var seed = _seeds.Federation(_tasks[Seat.One].Settings.Hash(), run: "").Derive(session.Name);
            var programs = Actors.Simulation.PartyPrograms(party => session.Serve(_seats[party.Seat], party), _seeds.In(seed, FederationSeeds.Dealer));
            if (session.Owner is { } owner)
            {
                var own = _seeds.In(seed, session.Client is { } client ? FederationSeeds.Client(client) : FederationSeeds.ModelOwner);
                programs[owner] = async port => Result = await session.Own(Make(trained, session.Client ?? -1), port, own);
            }

            var run = await Actors.Simulation.RunAsync(new(LinkProfile.Lan, Work.Free, seed), programs, cancellation);
            return new(run.Transcript, SessionCost.None);
        }
    }
}
