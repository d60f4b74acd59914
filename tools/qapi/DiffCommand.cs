using System.CommandLine;
using Qapi.Diff;
using Qapi.Introspection;

namespace Qapi.Tool;

/// <summary>Says what has changed between two schemas, and whether clients of the old one notice.</summary>
internal sealed class DiffCommand : ToolCommand
{
    private readonly SchemaArgument _old = new("OLD", "A schema's root file, or a saved reply to query-qmp-schema: alone, "
        + "with its envelope, or in a transcript.");
    private readonly SchemaArgument _new = new("NEW", "What to compare it with, in any of these forms.");
    private readonly ConditionOption _conditions = new();
    private readonly ConditionOption _oldConditions = new("--old-condition", "The same, in OLD only.");
    private readonly ConditionOption _newConditions = new("--new-condition", "The same, in NEW only: so one schema can be compared with itself.");
    private readonly Option<bool> _json = new("--json") { Description = "Print a JSON array, one object a change." };

    public DiffCommand()
        : base("diff", "Compares two schemas, of any version, as their clients see them. Exits with 1 if a client may no longer work: "
            + "what is marked 'breaks'.",
            "qapi diff qemu-9.2-schema.json schema/root.json --condition CONFIG_LINUX")
    {
        Add(_old);
        Add(_new);
        Add(_conditions);
        Add(_oldConditions);
        Add(_newConditions);
        Add(_json);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        if (Load(parsed, _old, _oldConditions) is not { } before || Load(parsed, _new, _newConditions) is not { } after)
            return QapiTool.SchemaError;
        IReadOnlyList<SchemaChange> changes;
        try
        {
            changes = SchemaDiff.Compare(before, after);
        }
        catch (KeyNotFoundException failure)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"qapi: a type is used but not listed: {failure.Message}");
            return QapiTool.SchemaError;
        }
        var report = new DiffReport(parsed.InvocationConfiguration.Output);
        if (parsed.GetValue(_json))
            report.WriteJson(changes);
        else
            report.WriteText(changes);
        return changes.Any(change => change.Impact == ChangeImpact.Breaks) ? QapiTool.BreakingChange : QapiTool.Success;
    }

    private IReadOnlyList<SchemaInfo>? Load(ParseResult parsed, SchemaArgument argument, ConditionOption own)
    {
        var file = parsed.GetRequiredValue(argument);
        var files = new DiskFiles(Directory.GetCurrentDirectory());
        var content = files.Read(file).Content;
        if (content is null || !SavedSchema.IsSaved(content))
        {
            // Types go by numbers here, too: the comparison must not lean on names.
            return argument.Load(parsed, files, SchemaRules.Interface) is { } schema ? Introspector.List(schema, _conditions.Defined(parsed).Union(own.Defined(parsed)).ToHashSet()) : null;
        }
        try
        {
            return SavedSchema.Read(content);
        }
        catch (FormatException failure)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"{file}: {failure.Message}");
            return null;
        }
    }
}
