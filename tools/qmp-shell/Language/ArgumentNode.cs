using Newtonsoft.Json.Linq;

namespace Qmp.Shell.Language;

/// <summary>A value as it was typed. What a bare word means, the schema decides.</summary>
internal abstract record ArgumentNode
{
    /// <summary>The same as nodes.</summary>
    public static ArgumentNode Of(JToken token)
    {
        switch (token)
        {
            case JObject members:
                var node = new ObjectNode();
                foreach (JProperty member in members.Properties()) node.Members.Add(member.Name, Of(member.Value));
                return node;
            case JArray elements:
                return new ListNode([.. elements.Select(Of)]);
            default:
                return new ValueNode((JValue)token);
        }
    }
}

/// <summary>A word without quotes, such as <c>5</c> or <c>on</c>.</summary>
/// <param name="Text">The word.</param>
/// <param name="Problem">Why it is no list or object, if it looks like one.</param>
internal sealed record WordNode(string Text, string? Problem = null) : ArgumentNode;

/// <summary>A literal that says what it is: a string in quotes, or a scalar within a list or an object.</summary>
internal sealed record ValueNode(JValue Value) : ArgumentNode;

/// <summary>A list.</summary>
internal sealed record ListNode(IReadOnlyList<ArgumentNode> Elements) : ArgumentNode;

/// <summary>An object, from a literal or from dotted names.</summary>
internal sealed record ObjectNode : ArgumentNode
{
    /// <summary>In the order in which they were typed.</summary>
    public OrderedDictionary<string, ArgumentNode> Members { get; } = [];

    /// <summary>Adds a value under a dotted name.</summary>
    /// <exception cref="ShellSyntaxException">The name has a value already.</exception>
    public void Add(string path, ArgumentNode value, int position)
    {
        string[] names = path.Split('.');
        if (names.Contains("")) throw new ShellSyntaxException($"'{path}' is no name of an argument", position);
        ObjectNode parent = this;
        for (int i = 0; i < names.Length - 1; i++)
        {
            if (!parent.Members.TryGetValue(names[i], out ArgumentNode? next))
            {
                parent.Members.Add(names[i], next = new ObjectNode());
            }

            parent = next as ObjectNode ?? throw new ShellSyntaxException(
                $"'{string.Join('.', names[..(i + 1)])}' has a value and cannot have members, too", position);
        }

        if (parent.Members.TryAdd(names[^1], value)) return;
        throw new ShellSyntaxException(
            parent.Members[names[^1]] is ObjectNode
                ? $"'{path}' has members and cannot have a value, too"
                : $"'{path}' is given twice",
            position);
    }
}
