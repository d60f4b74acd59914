using Newtonsoft.Json.Linq;

namespace Qmp.Shell.Language;

/// <summary>A command as it was typed; the schema has not seen it.</summary>
/// <param name="Name">The wire name.</param>
/// <param name="Arguments">The arguments.</param>
internal sealed record ParsedCommand(string Name, ObjectNode Arguments)
{
    /// <summary>Whether to have it run out of band.</summary>
    public bool OutOfBand { get; init; }

    /// <summary>Whether to show how it goes until it has ended: <c>--watch</c>.</summary>
    public bool IsWatched { get; init; }

    /// <summary>Whether it is sent as it is, known to the server or not: <c>!COMMAND</c>.</summary>
    public bool IsUnchecked { get; init; }

    /// <summary>What the printed reply is to carry, if a whole message was typed.</summary>
    public JToken? Id { get; init; }
}
