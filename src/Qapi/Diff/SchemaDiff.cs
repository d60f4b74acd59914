using Qapi.Introspection;

namespace Qapi.Diff;

/// <summary>
/// Compares two schemas as clients see them: command by command and event by event, types unfolded, so that neither
/// their names nor their order matter.
/// </summary>
internal static class SchemaDiff
{
    /// <summary>All differences: first those of what is in the old schema, in its order, then what is new.</summary>
    public static IReadOnlyList<SchemaChange> Compare(IEnumerable<SchemaInfo> before, IEnumerable<SchemaInfo> after)
    {
        var old = new TypeTable(before);
        var now = new TypeTable(after);
        var changes = new List<SchemaChange>();
        foreach (var ((metaType, name), info) in old.Calls)
        {
            if (now.Calls.TryGetValue((metaType, name), out var other))
                Compare(new CallDiff(metaType, name, old, now, changes), info, other);
            else
                changes.Add(new(metaType, name, "", ChangeKind.Removed, ChangeImpact.Breaks, "removed"));
        }
        foreach (var (metaType, name) in now.Calls.Keys.Where(call => !old.Calls.ContainsKey(call)))
            changes.Add(new(metaType, name, "", ChangeKind.Added, ChangeImpact.None, "added"));
        return changes;
    }

    private static void Compare(CallDiff call, SchemaInfo before, SchemaInfo after)
    {
        call.Features("", before.Features, after.Features);
        switch (before, after)
        {
            case (SchemaInfo.Command old, SchemaInfo.Command now):
                if (old.AllowOob != now.AllowOob)
                {
                    call.Add("", ChangeKind.OutOfBandChanged, old.AllowOob ? ChangeImpact.Breaks : ChangeImpact.None,
                        $"may {(old.AllowOob ? "no longer" : "now")} run out of band");
                }
                call.Types(DataFlow.Input, new ValuePath("argument"), old.ArgType, now.ArgType);
                call.Types(DataFlow.Output, new ValuePath("result"), old.RetType, now.RetType);
                break;
            case (SchemaInfo.Event old, SchemaInfo.Event now):
                call.Types(DataFlow.Output, new ValuePath("data"), old.ArgType, now.ArgType);
                break;
        }
    }
}
