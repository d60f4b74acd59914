namespace Qapi.Model;

/// <summary>
/// Another form of a member that introspection shows under a condition: what an older or newer version of a program
/// promises of it. An extension to the language, written as the key <c>x-introspect</c> of a member.
/// </summary>
internal sealed class ShownForm(Condition condition, TypeReference? type, bool? isOptional)
{
    public Condition Condition { get; } = condition;

    /// <summary>The type to show; null for the member's own.</summary>
    public TypeReference? Reference { get; } = type;

    /// <summary>Whether to show it as optional; null for what the member says.</summary>
    public bool? IsOptional { get; } = isOptional;
}
