using System.Globalization;
using BenchmarkDotNet.Running;
using MpcActors.Benchmarks;

switch (args)
{
    case ["actors"]:
        await ActorOverhead.Run(Console.Out, repetitions: 10);
        break;
    case ["actors", var count] when int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var repetitions) && repetitions > 0:
        await ActorOverhead.Run(Console.Out, repetitions);
        break;
    case ["nodes"]:
        await NodeTransport.Run(Console.Out, repetitions: 5);
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        break;
}
