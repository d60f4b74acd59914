using Qapi.Introspection;

namespace Qapi.Diff;

/// <summary>Compares what two schemas say of one command or event.</summary>
internal sealed class CallDiff(
    string metaType, string name, TypeTable old, TypeTable now, List<SchemaChange> changes)
{
    private const string Deprecated = "deprecated";
    private const string Unstable = "unstable";

    // A pair of types is compared where it is met first: types may contain themselves.
    private readonly HashSet<(DataFlow, string, string)> _compared = [];

    public void Add(string path, ChangeKind kind, ChangeImpact impact, string text) =>
        changes.Add(new SchemaChange(metaType, name, path, kind, impact, text));

    /// <summary>Compares the types of a value.</summary>
    public void Types(DataFlow flow, ValuePath path, string before, string after)
    {
        if (!_compared.Add((flow, before, after)))
            return;
        var left = old.Type(before);
        var right = now.Type(after);
        switch (left, right)
        {
            case (SchemaInfo.Array a, SchemaInfo.Array b):
                Types(flow, path.Element(), a.ElementType, b.ElementType);
                break;
            case (SchemaInfo.Object a, SchemaInfo.Object b):
                Features(path.ToString(), a.Features, b.Features);
                new ObjectDiff(this, old, now, flow).Compare(path, a, b);
                break;
            case (SchemaInfo.Enum a, SchemaInfo.Enum b):
                Features(path.ToString(), a.Features, b.Features);
                Values(flow, path, a, b);
                break;
            case (SchemaInfo.Alternate, _) or (_, SchemaInfo.Alternate):
                Alternates(flow, path, left, right);
                break;
            default:
                if (!SameScalar(left, right))
                    TypeChanged(path, left, right, Widening(left, right, flow));
                break;
        }
    }

    /// <summary>Compares the features of something.</summary>
    public void Features(string path, IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        foreach (var feature in after.Except(before))
        {
            if (feature == Deprecated)
                Add(path, ChangeKind.Deprecated, ChangeImpact.None, "deprecated");
            else
            {
                var impact = feature == Unstable ? ChangeImpact.May : ChangeImpact.None;
                Add(path, ChangeKind.FeatureAdded, impact, $"feature '{feature}' added");
            }
        }
        foreach (var feature in before.Except(after))
        {
            var impact = feature is Deprecated or Unstable ? ChangeImpact.None : ChangeImpact.May;
            Add(path, ChangeKind.FeatureRemoved, impact, $"feature '{feature}' removed");
        }
    }

    private void Values(DataFlow flow, ValuePath path, SchemaInfo.Enum before, SchemaInfo.Enum after)
    {
        var left = before.Values.ToDictionary(value => value.Name);
        var right = after.Values.ToDictionary(value => value.Name);
        foreach (var value in before.Values)
        {
            if (right.TryGetValue(value.Name, out var other))
                Features($"{path}, value '{value.Name}'", value.Features, other.Features);
            else
            {
                var impact = flow == DataFlow.Input ? ChangeImpact.Breaks : ChangeImpact.None;
                Add($"{path}", ChangeKind.Removed, impact, $"value '{value.Name}' removed");
            }
        }
        foreach (var value in after.Values.Where(value => !left.ContainsKey(value.Name)))
        {
            var impact = flow == DataFlow.Input ? ChangeImpact.None : ChangeImpact.May;
            Add($"{path}", ChangeKind.Added, impact, $"value '{value.Name}' added");
        }
    }

    /// <summary>Compares the forms of values of which one side at least has several, each by its own.</summary>
    private void Alternates(DataFlow flow, ValuePath path, SchemaInfo before, SchemaInfo after)
    {
        var left = Forms(old, before);
        var right = Forms(now, after);
        foreach (var (kind, type) in left)
        {
            if (right.TryGetValue(kind, out var other))
                Types(flow, path, type.Name, other.Name);
            else
            {
                var impact = flow == DataFlow.Input ? ChangeImpact.Breaks : ChangeImpact.None;
                Add($"{path}", ChangeKind.Removed, impact, $"may no longer be {Article(old.Describe(type))}");
            }
        }
        foreach (var (kind, type) in right.Where(form => !left.ContainsKey(form.Key)))
        {
            var impact = flow == DataFlow.Input ? ChangeImpact.None : ChangeImpact.May;
            Add($"{path}", ChangeKind.Added, impact, $"may now be {Article(now.Describe(type))}");
        }
    }

    private static OrderedDictionary<string, SchemaInfo> Forms(TypeTable table, SchemaInfo type)
    {
        var forms = new OrderedDictionary<string, SchemaInfo>();
        var types = type is SchemaInfo.Alternate alternate ? alternate.MemberTypes.Select(table.Type) : [type];
        foreach (var form in types)
            forms.TryAdd(TypeTable.JsonKind(form) ?? "value", form);
        return forms;
    }

    private void TypeChanged(ValuePath path, SchemaInfo before, SchemaInfo after, ChangeImpact impact) =>
        Add($"{path}", ChangeKind.TypeChanged, impact,
            $"changed from {old.Describe(before)} to {now.Describe(after)}");

    private static bool SameScalar(SchemaInfo before, SchemaInfo after) =>
        before is SchemaInfo.Builtin a && after is SchemaInfo.Builtin b && a.JsonType == b.JsonType;

    /// <summary>Nothing breaks where a server takes more than before, or promises more.</summary>
    private static ChangeImpact Widening(SchemaInfo before, SchemaInfo after, DataFlow flow)
    {
        var (narrow, wide) = flow == DataFlow.Input ? (before, after) : (after, before);
        var widens = (narrow, wide) switch
        {
            (_, SchemaInfo.Builtin { JsonType: "value" }) => true,
            (SchemaInfo.Builtin { JsonType: "int" }, SchemaInfo.Builtin { JsonType: "number" }) => true,
            (SchemaInfo.Enum, SchemaInfo.Builtin { JsonType: "string" }) => true,
            _ => false,
        };
        if (widens)
            return ChangeImpact.None;
        return before is SchemaInfo.Enum && after is SchemaInfo.Builtin { JsonType: "string" }
            ? ChangeImpact.May
            : ChangeImpact.Breaks;
    }

    private static string Article(string type) =>
        type == "null" ? type : (type[0] is 'a' or 'e' or 'i' or 'o' or 'u' && type != "union" ? "an " : "a ") + type;
}
