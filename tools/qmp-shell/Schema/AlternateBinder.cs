using Qmp.Shell.Language;

namespace Qmp.Shell.Schema;

/// <summary>Chooses the branch of an alternate that what was typed can be.</summary>
internal sealed class AlternateBinder(LiveSchema schema)
{
    /// <exception cref="InvalidArgumentException">The value fits none of the alternatives.</exception>
    public SchemaType Choose(ArgumentNode node, AlternateType type, string path)
    {
        SchemaType[] branches = [.. type.Branches.Select(schema.TypeOf)];
        return Array.Find(branches, b => Fits(node, b))
            ?? branches.FirstOrDefault(b => node is WordNode && IsString(b))
            ?? throw Mismatch.Describe(schema, node, type, path);
    }

    private static bool Fits(ArgumentNode node, SchemaType branch) => (node, branch) switch
    {
        (ObjectNode members, ArrayType) => members.Members.ContainsKey("0"),
        (ObjectNode members, ObjectType) => !members.Members.ContainsKey("0"),
        (ListNode, ArrayType) => true,
        (ValueNode value, EnumType) => Mismatch.JsonTypeOf(value.Value) == "string",
        (ValueNode value, BuiltinType builtin) => Mismatch.JsonTypeOf(value.Value) is var json
            && (json == builtin.JsonType || (json, builtin.JsonType) == ("int", "number")),
        // A word is a string only if it is nothing else.
        (WordNode word, EnumType values) => values.Values.Any(v => v.Name == word.Text),
        (WordNode { Problem: null } word, BuiltinType { JsonType: not "string" } builtin) =>
            WordMeaning.As(builtin.JsonType, word.Text) is not null,
        _ => false,
    };

    private static bool IsString(SchemaType branch) => branch is EnumType or BuiltinType { JsonType: "string" };
}
