using System.CommandLine;
using Qapi.Introspection;

namespace Qapi.Tool;

/// <summary>Prints a schema as <c>query-qmp-schema</c> shows it.</summary>
internal sealed class IntrospectCommand : ToolCommand
{
    private readonly SchemaArgument _schema = new();
    private readonly ConditionOption _conditions = new();
    private readonly Option<bool> _unmask = new("--unmask")
    {
        Description = "Show types by their names in the schema instead of numbers.",
    };

    public IntrospectCommand()
        : base("introspect", "Prints what query-qmp-schema returns for a schema, as JSON.",
            "qapi introspect schema/root.json --condition CONFIG_LINUX --unmask")
    {
        Add(_schema);
        Add(_conditions);
        Add(_unmask);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        if (_schema.Load(parsed) is not { } schema)
            return QapiTool.SchemaError;
        var list = Introspector.List(schema, _conditions.Defined(parsed), parsed.GetValue(_unmask));
        parsed.InvocationConfiguration.Output.WriteLine(SchemaInfoJson.Write(list));
        return QapiTool.Success;
    }
}
