namespace Qapi.Syntax;

/// <summary>What the pragma directives of a whole schema set; a later one replaces an earlier one.</summary>
internal sealed class Pragmas
{
    /// <summary>Every definition needs a documentation comment.</summary>
    public bool DocRequired { get; private set; }

    /// <summary>Commands whose names may contain <c>_</c>.</summary>
    public HashSet<string> CommandNameExceptions { get; private set; } = [];

    /// <summary>Commands that may return anything.</summary>
    public HashSet<string> CommandReturnsExceptions { get; private set; } = [];

    /// <summary>Definitions that may leave members undocumented.</summary>
    public HashSet<string> DocumentationExceptions { get; private set; } = [];

    /// <summary>Types whose members may use uppercase and <c>_</c>.</summary>
    public HashSet<string> MemberNameExceptions { get; private set; } = [];

    /// <summary>Takes over one setting of a directive at <paramref name="location"/>.</summary>
    public void Set(string name, SyntaxNode value, SourceLocation location)
    {
        switch (name)
        {
            case "doc-required":
                DocRequired = value is BooleanNode flag
                    ? flag.Value
                    : throw location.Error("pragma 'doc-required' must be boolean");
                break;
            case "command-name-exceptions":
                CommandNameExceptions = Names(name, value, location);
                break;
            case "command-returns-exceptions":
                CommandReturnsExceptions = Names(name, value, location);
                break;
            case "documentation-exceptions":
                DocumentationExceptions = Names(name, value, location);
                break;
            case "member-name-exceptions":
                MemberNameExceptions = Names(name, value, location);
                break;
            default:
                throw location.Error($"unknown pragma '{name}'");
        }
    }

    /// <summary>The same for a schema of any version, of which only the interface matters.</summary>
    public void SetForInterface(string name, SyntaxNode value, SourceLocation location)
    {
        switch (name)
        {
            case "doc-required" or "documentation-exceptions":
                break;
            // Until 6.0.
            case "returns-whitelist":
                Set("command-returns-exceptions", value, location);
                break;
            case "name-case-whitelist":
                Set("member-name-exceptions", value, location);
                break;
            default:
                Set(name, value, location);
                break;
        }
    }

    private static HashSet<string> Names(string pragma, SyntaxNode value, SourceLocation location)
    {
        if (value is not ListNode list || list.Items.Any(item => item is not StringNode))
            throw location.Error($"pragma {pragma} must be a list of strings");
        return [.. list.Items.Select(item => ((StringNode)item).Value)];
    }
}
