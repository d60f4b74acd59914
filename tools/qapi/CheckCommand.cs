using System.CommandLine;

namespace Qapi.Tool;

/// <summary><c>qapi check FILE</c></summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var file = SchemaArgument.Create();
        var dump = new Option<bool>("--dump")
        {
            Description = "Print what the schema defines, module by module, and its documentation.",
        };
        var command = new Command("check", """
            Checks a schema and everything it includes.

            Prints nothing if it is right; otherwise the first error, with exit status 1.

            Example:
              qapi check schema/root.json
            """)
        {
            file,
            dump,
        };
        command.SetAction(parsed =>
        {
            if (SchemaArgument.Load(parsed, file) is not { } schema)
                return QapiTool.SchemaError;
            if (parsed.GetValue(dump))
                new SchemaDump(parsed.InvocationConfiguration.Output).Write(schema);
            return QapiTool.Success;
        });
        return command;
    }
}
