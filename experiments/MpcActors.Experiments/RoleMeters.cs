using MpcActors.Actors;
using MpcActors.Protocols;

namespace MpcActors.Experiments;

/// <summary>The meters of a session's computing roles, noted when their programs begin.</summary>
sealed class RoleMeters
{
    readonly Dictionary<Role, Meter> _meters = [];

    public Meter this[Role role] => _meters[role];

    /// <summary>Of both parties and the dealer so far.</summary>
    public TimeSpan ProcessorTime => new(_meters.Values.Sum(meter => meter.ProcessorTime.Ticks));

    /// <summary>Notes the meters of all <paramref name="programs"/> that are there by now.</summary>
    public void Note(Dictionary<Role, RoleProgram> programs)
    {
        foreach (var role in programs.Keys.ToArray())
        {
            var program = programs[role];
            programs[role] = port =>
            {
                _meters[role] = port.Meter;
                return program(port);
            };
        }
    }
}
