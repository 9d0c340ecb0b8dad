using System.Diagnostics;
using MpcActors.Protocols;

namespace MpcActors.Actors;

/// <summary>How a turn's computation becomes virtual time.</summary>
public abstract record Work
{
    /// <summary>Computation takes no time: what is left is the network's, to the tick.</summary>
    public static Work Free { get; } = new Modelled(0, 0);

    /// <summary>The time it took here, for reported seconds.</summary>
    public static Work Measured { get; } = new AsMeasured();

    internal bool IsMeasured => this is AsMeasured;

    /// <summary>Starts timing a turn of the role whose meter this is.</summary>
    internal abstract Turn Begin(Meter meter);

    /// <summary>Counted multiplications and elements at fixed rates: the same times on every machine, for bit-identical runs.</summary>
    /// <param name="NanosecondsPerMultiplication">Of a matrix product, 64 bits.</param>
    /// <param name="NanosecondsPerElement">Opened, masked or combined.</param>
    public sealed record Modelled(double NanosecondsPerMultiplication, double NanosecondsPerElement) : Work
    {
        /// <summary>Rates of one core of a 2026 server with AVX-512, rounded.</summary>
        public static Modelled Default { get; } = new(0.02, 2);

        internal override Turn Begin(Meter meter)
        {
            var (multiplications, elements) = (meter.Multiplications, meter.Elements);
            return new(() =>
            {
                // Of a party's two products with each open wire one needs no input.
                var product = (meter.Multiplications - multiplications) * NanosecondsPerMultiplication / 2;
                var gates = (meter.Elements - elements) * NanosecondsPerElement;
                return (FromNanoseconds(product + gates), FromNanoseconds(product));
            });
        }

        static TimeSpan FromNanoseconds(double nanoseconds) => TimeSpan.FromTicks((long)(nanoseconds / TimeSpan.NanosecondsPerTick));
    }

    sealed record AsMeasured : Work
    {
        internal override Turn Begin(Meter meter)
        {
            var (start, offline) = (Stopwatch.GetTimestamp(), meter.OfflineTime);
            return new(() =>
            {
                var offlineBusy = meter.OfflineTime - offline;
                var busy = Stopwatch.GetElapsedTime(start) - offlineBusy;
                return (busy > TimeSpan.Zero ? busy : TimeSpan.Zero, offlineBusy);
            });
        }
    }

    /// <summary>A turn being timed.</summary>
    internal sealed record Turn(Func<(TimeSpan Busy, TimeSpan Offline)> End);
}
