using System.Diagnostics;

namespace MpcActors.Protocols;

/// <summary>Counts what really happened at one role: rounds, bytes, multiplications, time spent on what needs no input.</summary>
public sealed class Meter
{
    readonly long[] _sentOnline = new long[Enum.GetValues<Role>().Length];
    readonly long[] _sentOffline = new long[Enum.GetValues<Role>().Length];
    readonly List<string> _path = [""];
    readonly List<OperationCost> _operations = [];
    OperationCost _settled;
    readonly Dictionary<string, TimeSpan> _processorTimes = [];
    TimeSpan? _processorTime;
    long _offlineTicks;
    int _offlineDepth;

    public int Rounds { get; private set; }

    /// <summary>64-bit multiplications of matrix products, the bulk of the arithmetic, as Beaver's form has them: two a product at a party, of which one needs no input. A product of halves takes a party the other one alone.</summary>
    public long Multiplications { get; private set; }

    /// <summary>Values handled by element-wise gates, for the modelled computing time.</summary>
    public long Elements { get; private set; }

    /// <summary>Bytes that the dealer sends to both parties together: corrections to party one, keys to either.</summary>
    public long DealtBytes { get; private set; }

    /// <summary>Bytes of payload sent to <paramref name="to"/>.</summary>
    public long SentBytes(Role to, Phase phase) => (phase == Phase.Online ? _sentOnline : _sentOffline)[(int)to];

    /// <summary>Bytes that the parties exchange to set a model up, apart from any run.</summary>
    public long SetUpBytes => SentBytes(Role.PartyZero, Phase.Offline) + SentBytes(Role.PartyOne, Phase.Offline);

    /// <summary>What this role, a computing party, has used up so far, measured in the units that protocols declare.</summary>
    public Cost CostOf(Role peer) => new(Rounds, 8 * SentBytes(peer, Phase.Online), 8 * DealtBytes);

    /// <summary>What each operation took, in the order in which they first began.</summary>
    public IReadOnlyList<OperationCost> Operations
    {
        get
        {
            Settle();
            return _operations;
        }
    }

    /// <summary>Bytes dealt and sent between two changes of operation at the most: a measure of what is held at once.</summary>
    public long LargestStep { get; private set; }

    /// <summary>Books what is counted until the result is disposed under <paramref name="operation"/>, within the one that is under way.</summary>
    public OperationScope Enter(string operation)
    {
        Settle();
        _path.Add(_path[^1].Length == 0 ? operation : $"{_path[^1]}/{operation}");
        return new(this);
    }

    public void CountRound() => Rounds++;

    public void CountSent(Role to, long bytes, Phase phase) => (phase == Phase.Online ? _sentOnline : _sentOffline)[(int)to] += bytes;

    public void CountDealt(long words) => DealtBytes += words * sizeof(ulong);

    /// <summary>What the dealer sends to either party, such as keys, counts twice.</summary>
    public void CountDealtToBoth(long words) => CountDealt(2 * words);

    public void CountMultiplications(long count) => Multiplications += count;

    public void CountElements(long count) => Elements += count;

    /// <summary>Processor time of this role's turns, all cores, without setting up; measured, so never part of a transcript.</summary>
    public TimeSpan ProcessorTime => new(_processorTimes.Values.Sum(time => time.Ticks));

    /// <summary>The same by the operation that was under way, by its path.</summary>
    public IReadOnlyDictionary<string, TimeSpan> ProcessorTimes => _processorTimes;

    /// <summary>Whether this role is setting a model up, which is counted apart.</summary>
    public bool IsSettingUp
    {
        get;
        internal set
        {
            CountProcessorTime();
            field = value;
        }
    }

    /// <summary>Begins a turn whose processor time is measured: what the process uses up to <see cref="EndTurn"/> is this role's.</summary>
    public void BeginTurn() => _processorTime = Environment.CpuUsage.TotalTime;

    public void EndTurn()
    {
        CountProcessorTime();
        _processorTime = null;
    }

    /// <summary>Time spent in offline work so far; measured, so never part of a transcript.</summary>
    public TimeSpan OfflineTime => TimeSpan.FromSeconds((double)_offlineTicks / Stopwatch.Frequency);

    /// <summary>Books the time until the result is disposed as offline work.</summary>
    public OfflineScope Offline() => new(this);

    /// <summary>Gives what was counted since the last time to the operation that was under way.</summary>
    void Settle()
    {
        CountProcessorTime();
        var sent = SentBytes(Role.PartyZero, Phase.Online) + SentBytes(Role.PartyOne, Phase.Online);
        var now = new OperationCost(_path[^1], Rounds, sent, DealtBytes, Multiplications, Elements);
        var since = now - _settled;
        _settled = now;
        if (since == default(OperationCost) with { Path = now.Path }) return;
        LargestStep = Math.Max(LargestStep, since.SentBytes + since.DealtBytes);
        var index = _operations.FindIndex(operation => operation.Path == now.Path);
        if (index < 0) _operations.Add(since);
        else _operations[index] += since;
    }

    /// <summary>Gives the processor time since the last call to the operation under way, within a turn that is measured.</summary>
    void CountProcessorTime()
    {
        if (_processorTime is not { } last) return;
        var now = Environment.CpuUsage.TotalTime;
        _processorTime = now;
        if (!IsSettingUp) _processorTimes[_path[^1]] = _processorTimes.GetValueOrDefault(_path[^1]) + now - last;
    }

    public readonly struct OperationScope : IDisposable, IEquatable<OperationScope>
    {
        readonly Meter _meter;

        internal OperationScope(Meter meter) => _meter = meter;

        public void Dispose()
        {
            _meter.Settle();
            _meter._path.RemoveAt(_meter._path.Count - 1);
        }

        public bool Equals(OperationScope other) => ReferenceEquals(_meter, other._meter);

        public override bool Equals(object? obj) => obj is OperationScope other && Equals(other);

        public override int GetHashCode() => _meter.GetHashCode();

        public static bool operator ==(OperationScope left, OperationScope right) => left.Equals(right);

        public static bool operator !=(OperationScope left, OperationScope right) => !left.Equals(right);
    }

    public readonly struct OfflineScope : IDisposable, IEquatable<OfflineScope>
    {
        readonly Meter _meter;
        readonly long _start;

        internal OfflineScope(Meter meter)
        {
            _meter = meter;
            _start = Stopwatch.GetTimestamp();
            _meter._offlineDepth++;
        }

        public void Dispose()
        {
            // The default scope books nothing. Scopes nest, and only the outermost counts.
            if (_meter is null) return;
            if (--_meter._offlineDepth == 0) _meter._offlineTicks += Stopwatch.GetTimestamp() - _start;
        }

        public bool Equals(OfflineScope other) => ReferenceEquals(_meter, other._meter) && _start == other._start;

        public override bool Equals(object? obj) => obj is OfflineScope other && Equals(other);

        public override int GetHashCode() => _start.GetHashCode();

        public static bool operator ==(OfflineScope left, OfflineScope right) => left.Equals(right);

        public static bool operator !=(OfflineScope left, OfflineScope right) => !left.Equals(right);
    }
}
