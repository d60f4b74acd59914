using System.CommandLine;

namespace Qapi.Tool;

/// <summary>Checks a schema; says nothing if it is right.</summary>
internal sealed class CheckCommand : ToolCommand
{
    private readonly SchemaArgument _schema = new();
    private readonly Option<bool> _dump = new("--dump")
    {
        Description = "Print what the schema defines, module by module, and its documentation.",
    };

    public CheckCommand()
        : base("check", "Checks a schema and everything it includes; prints the first error.",
            "qapi check schema/root.json")
    {
        Add(_schema);
        Add(_dump);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        if (_schema.Load(parsed) is not { } schema)
            return QapiTool.SchemaError;
        if (parsed.GetValue(_dump))
            new SchemaDump(parsed.InvocationConfiguration.Output).Write(schema);
        return QapiTool.Success;
    }
}
