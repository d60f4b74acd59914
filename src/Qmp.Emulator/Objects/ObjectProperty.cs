using Newtonsoft.Json.Linq;

namespace Qmp.Emulator.Objects;

/// <summary>A property of an object.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, as QEMU names it.</param>
/// <param name="Get">Reads it.</param>
/// <param name="Set">Changes it; <see langword="null"/> where it cannot be.</param>
internal sealed record ObjectProperty(string Name, string Type, Func<JToken> Get, Action<JToken>? Set = null)
{
    /// <summary>The values that it takes, with slashes between; <see langword="null"/> where they are not told.</summary>
    public string? Values { get; init; }

    /// <summary>Its value when nothing sets it; <see langword="null"/> where QEMU does not tell.</summary>
    public JToken? Default { get; init; }
}
