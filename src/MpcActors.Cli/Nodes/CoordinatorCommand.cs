using System.CommandLine;
using MpcActors.Actors.Crews;

namespace MpcActors.Cli;

/// <summary>Gives data owners the party pairs that are free; has no share, no secret and no certificate.</summary>
static class CoordinatorCommand
{
    public const string Name = "coordinator";

    public static Command Create()
    {
        var cluster = Options.Text("--cluster", "FILE", "How processes find each other, such as 'mpc certs' writes");
        var at = Options.Text("--at", "HOST:PORT", "Which of the file's seed nodes this is (default: the first)");
        var withParent = new Option<bool>(NodeCommand.WithParent) { Hidden = true };
        var command = new ExemplifiedCommand(
            Name,
            "Gives the jobs of a cluster to party pairs that are free. Needs a build with Akka.Cluster.",
            ("mpc coordinator --cluster deployment/cluster.hocon", "then: mpc node --role party-0 --config ... --cluster ..., and so on"))
        {
            cluster, at, withParent,
        };
        command.SetAction(async (result, cancellation) =>
        {
            var file = ClusterFile.Read(result.GetValue(cluster) ?? throw new BadInputException("--cluster is needed: how processes find each other; 'mpc certs DIR' makes such a file"));
            var (host, port) = result.GetValue(at) is not { } text ? file.SeedNodes[0]
                : NodeFile.Address(text) is { } address && file.SeedNodes.Contains(address) ? address
                : throw new BadInputException($"--at is '{text}', but must be one of mpc.cluster.seed-nodes: {string.Join(", ", file.SeedNodes.Select(seed => $"{seed.Host}:{seed.Port}"))}");
            if (!ClusterShell.IsAvailable) throw new BadInputException("this build has no Akka.Cluster, so there is nothing to coordinate: run the roles with 'mpc node' or 'mpc up', which use the addresses of node.hocon");
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            if (result.GetValue(withParent)) NodeCommand.StopWithParent(stop);
            var error = result.InvocationConfiguration.Error;
            await ClusterShell.CoordinateAsync(file.At(host, port), error.WriteLine, stop.Token);
            return (int)ExitCode.Done;
        });
        return command;
    }
}
