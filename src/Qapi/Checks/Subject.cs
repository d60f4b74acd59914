namespace Qapi.Checks;

/// <summary>What a message is about: <c>struct</c>, or <c>'data' member 'a'</c>.</summary>
internal readonly struct Subject(string what, string? name = null)
{
    public override string ToString() => name is null ? what : $"{what} '{name}'";
}
