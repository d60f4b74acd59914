using System.CommandLine;

namespace Qapi.Tool;

/// <summary>The symbols that count as defined.</summary>
internal sealed class ConditionOption : Option<string[]>
{
    public ConditionOption(string name = "--condition", string description = "A symbol that counts as defined in 'if' conditions; may be given again.")
        : base(name)
    {
        Description = description;
        HelpName = "NAME";
    }

    public HashSet<string> Defined(ParseResult parsed) => [.. parsed.GetValue(this) ?? []];
}
