using Newtonsoft.Json.Linq;
using Qmp.Shell.Language;

namespace Qmp.Shell.Schema;

/// <summary>Finds out which variant of an object was typed.</summary>
internal static class TagValue
{
    /// <summary>The value of the tag, if the type has one and it was given.</summary>
    public static string? Of(ObjectType type, ObjectNode? node) =>
        type.Tag is { } tag && node is not null && node.Members.TryGetValue(tag, out ArgumentNode? value)
            ? TextOf(value)
            : null;

    /// <summary>The text of a word or a string.</summary>
    public static string? TextOf(ArgumentNode node) => node switch
    {
        WordNode word => word.Text,
        ValueNode { Value: { Type: JTokenType.String } value } => (string?)value,
        _ => null,
    };
}
