using Newtonsoft.Json.Linq;
using Qmp.Shell.Language;

namespace Qmp.Shell.Schema;

/// <summary>Says why a value is not what the schema wants.</summary>
internal static class Mismatch
{
    public static InvalidArgumentException Describe(
        LiveSchema schema, ArgumentNode node, SchemaType type, string path)
    {
        if (node is WordNode { Problem: { } problem }) return new($"'{path}': {problem}");
        string text = $"'{path}' is to be {TypeText.Of(schema, type)}, not {Show(node)}";
        return type is EnumType values && TagValue.TextOf(node) is { } typed
            ? new(text + Suggestion.For(typed, values.Values.Select(v => v.Name)))
            : new(text);
    }

    public static InvalidArgumentException NoList(ArgumentNode node, string path) =>
        node is WordNode { Problem: { } problem }
            ? new($"'{path}': {problem}")
            : new($"'{path}' is to be a list, [...], not {Show(node)}");

    /// <summary>The JSON type of a scalar, as schemas call it.</summary>
    public static string JsonTypeOf(JValue value) => value.Type switch
    {
        JTokenType.String => "string",
        JTokenType.Integer => "int",
        JTokenType.Float => "number",
        JTokenType.Boolean => "boolean",
        _ => "null",
    };

    private static string Show(ArgumentNode node) => node switch
    {
        WordNode word => $"'{word.Text}'",
        ValueNode value => value.Value.ToString(Newtonsoft.Json.Formatting.None),
        ListNode => "a list",
        _ => "an object",
    };
}
