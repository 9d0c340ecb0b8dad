using System.Globalization;
using Akka.Configuration;
using MpcActors.Actors;
using MpcActors.Protocols;

namespace MpcActors.Cli;

/// <summary>
/// One thing that goes wrong: with a frame of a link, given by its number or by the time (lose, duplicate, reorder, truncate, alter, kill), for a time (cut,
/// slow, pause), or at a time (kill of a role, jump of its clock).
/// </summary>
/// <param name="From">The link's sender, or the role itself.</param>
/// <param name="To">Null where a role is meant and no link.</param>
/// <param name="Frame">Of the link, from 0; null where <paramref name="At"/> says when.</param>
/// <param name="At">Since the session began: virtual time, or between processes the clock's.</param>
/// <param name="For">How long; of a jump, how far, back if negative.</param>
sealed record Mishap(string Kind, Role From, Role? To, uint? Frame, TimeSpan At, TimeSpan For, int Factor)
{
    public const string Cut = "cut", Slow = "slow", Pause = "pause", Jump = "jump", Kill = "kill";

    public static string[] OfFrames { get; } = [.. Enum.GetValues<FaultKind>().Select(Name)];

    public static string[] Kinds { get; } = [.. OfFrames, Cut, Slow, Pause, Jump];

    /// <summary>What happens to a frame; null of the others.</summary>
    public FaultKind? Fault => Array.IndexOf(OfFrames, Kind) is >= 0 and var kind ? (FaultKind)kind : null;

    /// <summary>Of a process, and not of what it sends.</summary>
    public bool IsOfProcess => Kind == Pause || (Kind == Kill && To is null);

    public static string Name(FaultKind kind) => kind.ToString().ToLowerInvariant();

    /// <exception cref="BadInputException">The section is no mishap.</exception>
    public static Mishap Read(Config config, string file, string path)
    {
        var section = Section.Of(config, file, path, "kind", "role", "from", "to", "frame", "at", "for", "factor", "by");
        var kind = section.Choice("kind", "", Kinds);
        var at = section.Has("at") ? section.Time("at", default) : (TimeSpan?)null;
        if (kind is Pause or Jump || (kind == Kill && section.Has("role")))
        {
            var role = NodeFile.RoleOf(section.Text("role"));
            var lasts = kind switch
            {
                Pause => section.Time("for", TimeSpan.FromSeconds(1)),
                Jump => section.SignedTime("by", TimeSpan.FromHours(1)),
                _ => TimeSpan.Zero,
            };
            return new(kind, role, null, null, at ?? TimeSpan.FromTicks(1), lasts, 0);
        }

        var (from, to) = (NodeFile.RoleOf(section.Text("from")), NodeFile.RoleOf(section.Text("to")));
        if (from == to) throw section.Bad("to", $"another role than {from.Name()}");
        if (kind is Cut or Slow) return new(kind, from, to, null, at ?? TimeSpan.FromTicks(1), section.Time("for", TimeSpan.FromSeconds(1)), section.Count("factor", 10, 1, 1000));
        if (at is not null && section.Has("frame")) throw section.Bad("at", "left out where frame says which");
        return new(kind, from, to, at is null ? (uint)section.Count("frame", 0, 0, int.MaxValue) : null, at ?? default, default, 0);
    }

    /// <summary>As <see cref="Read"/> reads it.</summary>
    public override string ToString()
    {
        var who = To is { } to ? $"from = {From.Name()}, to = {to.Name()}" : $"role = {From.Name()}";
        var when = Frame is { } frame ? string.Create(CultureInfo.InvariantCulture, $"frame = {frame}") : $"at = {Text(At)}";
        var more = Kind switch
        {
            Cut or Pause => $", for = {Text(For)}",
            Slow => string.Create(CultureInfo.InvariantCulture, $", for = {Text(For)}, factor = {Factor}"),
            Jump => $", by = {Text(For)}",
            _ => "",
        };
        return $"kind = {Kind}, {who}, {when}{more}";
    }

    static string Text(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.###}ms");
}
