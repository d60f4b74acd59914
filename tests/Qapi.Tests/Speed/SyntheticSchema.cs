using System.Text;

namespace Qapi.Tests.Speed;

/// <summary>A schema of any size, every definition documented, as large as those of QEMU's are on average.</summary>
internal static class SyntheticSchema
{
    private const int MembersOfStruct = 8;
    private const int ValuesOfEnum = 6;

    /// <summary>The text of a schema with that many definitions: enums, structs, unions, commands, events.</summary>
    public static string Text(int definitions)
    {
        var text = new StringBuilder("{ 'pragma': { 'doc-required': true } }\n");
        for (var i = 0; i < definitions; i++)
        {
            // Five definitions belong together.
            var group = i / 5;
            switch (i % 5)
            {
                case 0:
                    Enum(text, $"Kind{group}x");
                    break;
                case 1:
                    Struct(text, $"Thing{group}x", $"Kind{group}x");
                    break;
                case 2:
                    Document(text, $"Choice{group}x", ["kind"]);
                    text.Append($"{{ 'union': 'Choice{group}x', 'base': {{ 'kind': 'Kind{group}x' }}, "
                        + $"'discriminator': 'kind', 'data': {{ 'value-0': 'Thing{group}x' }} }}\n\n");
                    break;
                case 3:
                    Document(text, $"change-thing-{group}", ["choice", "things"], feature: "unstable", returns: true);
                    text.Append($"{{ 'command': 'change-thing-{group}', 'data': {{ 'choice': 'Choice{group}x', "
                        + $"'*things': [ 'Thing{group}x' ] }}, 'returns': 'Thing{group}x', "
                        + "'features': [ 'unstable' ] }\n\n");
                    break;
                default:
                    Document(text, $"THING_{group}_CHANGED", ["thing", "kind"]);
                    text.Append($"{{ 'event': 'THING_{group}_CHANGED', 'data': {{ 'thing': 'Thing{group}x', "
                        + $"'kind': 'Kind{group}x' }} }}\n\n");
                    break;
            }
        }
        return text.ToString();
    }

    private static void Enum(StringBuilder text, string name)
    {
        string[] values = [.. Enumerable.Range(0, ValuesOfEnum).Select(number => $"value-{number}")];
        Document(text, name, values);
        text.Append($"{{ 'enum': '{name}', 'data': [ {string.Join(", ", values.Select(value => $"'{value}'"))} ] }}\n\n");
    }

    private static void Struct(StringBuilder text, string name, string kind)
    {
        string[] types = ["'int'", "'str'", $"[ '{kind}' ]", "'bool'", $"'{kind}'", "'size'", "[ 'str' ]", "'any'"];
        string[] members = [.. Enumerable.Range(0, MembersOfStruct).Select(number => $"member-{number}")];
        Document(text, name, members);
        var list = members.Select((member, number) => $"'{(number % 2 == 1 ? "*" : "")}{member}': {types[number]}");
        text.Append($"{{ 'struct': '{name}', 'data': {{ {string.Join(", ", list)} }} }}\n\n");
    }

    private static void Document(
        StringBuilder text, string name, string[] members, string? feature = null, bool returns = false)
    {
        text.Append($"##\n# @{name}:\n#\n# Stands for one of the definitions that schemas have, with a paragraph\n"
            + $"# that is longer than a line and refers to @{members[0]}.\n#\n");
        foreach (var member in members)
            text.Append($"# @{member}: what @{member} is good for, which takes\n#     more than a line to say\n#\n");
        if (feature is not null)
            text.Append($"# Features:\n#\n# @{feature}: may change\n#\n");
        if (returns)
            text.Append("# Returns: the thing that has changed\n#\n");
        text.Append("# Since: 10.0\n##\n");
    }
}
