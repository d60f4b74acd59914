using Qapi.Model;
using Qapi.Syntax;

namespace Qapi.Checks;

/// <summary>Reads <c>features</c> (qapi-code-gen, "Features").</summary>
internal static class FeatureReader
{
    private static readonly string[] Required = ["name"];
    private static readonly string[] Optional = ["if"];

    /// <summary>The features of a definition, member or value called <paramref name="owner"/>.</summary>
    public static IReadOnlyList<Feature> Read(ObjectNode node, string owner, Origin origin)
    {
        var features = node.Find("features");
        if (features is null)
            return [];
        if (features is not ListNode list)
            throw origin.Error("'features' must be an array");
        return [.. list.Items.Select(item => ReadOne(item, owner, origin))];
    }

    private static Feature ReadOne(SyntaxNode item, string owner, Origin origin)
    {
        const string What = "'features' member";
        var name = item;
        if (item is ObjectNode feature)
        {
            KeyRules.Check(feature, new Subject(What), origin, Required, Optional);
            name = feature.Find("name");
        }
        if (name is not StringNode { Value: var text })
            throw origin.Error($"{What} requires a string name");
        var subject = new Subject(What, text);
        NameRules.CheckLower(text, subject, origin);
        var condition = item is ObjectNode full ? ConditionReader.Read(full, subject, origin) : Condition.None;
        return new Feature(text, condition, owner, new SourceLocation(origin.Location.File, item.Line));
    }
}
