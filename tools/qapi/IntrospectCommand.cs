using System.CommandLine;
using Qapi.Introspection;

namespace Qapi.Tool;

/// <summary><c>qapi introspect FILE</c></summary>
internal static class IntrospectCommand
{
    public static Command Create()
    {
        var file = SchemaArgument.Create();
        var conditions = new Option<string[]>("--condition")
        {
            Description = "A symbol that counts as defined in 'if' conditions; may be given again.",
            HelpName = "NAME",
        };
        var unmask = new Option<bool>("--unmask")
        {
            Description = "Show types by their names in the schema instead of numbers.",
        };
        var command = new Command("introspect", """
            Prints what query-qmp-schema returns for a schema, as JSON.

            Example:
              qapi introspect schema/root.json --condition CONFIG_LINUX --unmask
            """)
        {
            file,
            conditions,
            unmask,
        };
        command.SetAction(parsed =>
        {
            if (SchemaArgument.Load(parsed, file) is not { } schema)
                return QapiTool.SchemaError;
            var defined = new HashSet<string>(parsed.GetValue(conditions) ?? []);
            var list = Introspector.List(schema, defined, parsed.GetValue(unmask));
            parsed.InvocationConfiguration.Output.WriteLine(SchemaInfoJson.Write(list));
            return QapiTool.Success;
        });
        return command;
    }
}
