namespace Qapi.Emit;

/// <summary>Names of one C# scope; one that is taken or means something else is altered.</summary>
/// <param name="reserved">Names that the scope keeps for itself.</param>
/// <param name="suffix">What a name that is reserved gets appended.</param>
internal sealed class NameScope(IEnumerable<string> reserved, string suffix)
{
    private readonly HashSet<string> _reserved = [.. reserved];
    private readonly HashSet<string> _taken = [];

    public string Add(string wanted)
    {
        var name = _reserved.Contains(wanted) ? wanted + suffix : wanted;
        var stem = name;
        for (var number = 2; _reserved.Contains(name) || !_taken.Add(name); number++)
            name = $"{stem}_{number}";
        return name;
    }
}
