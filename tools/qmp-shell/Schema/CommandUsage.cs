namespace Qmp.Shell.Schema;

/// <summary>A command and the names of its arguments.</summary>
internal static class CommandUsage
{
    /// <summary>With more arguments than that, an error message only says where to find them.</summary>
    private const int ShownArguments = 6;

    /// <summary><c>name required=… [optional=…]</c></summary>
    public static string Of(LiveSchema schema, SchemaCommand command) => command.Name
        + string.Concat(Members(schema, command).Select(m => m.IsOptional ? $" [{m.Name}=…]" : $" {m.Name}=…"));

    /// <summary>The same for the end of an error message.</summary>
    public static string Hint(LiveSchema schema, SchemaCommand command) => Members(schema, command).Count switch
    {
        0 when !command.IsOpen => $"{command.Name} takes no arguments",
        <= ShownArguments => $"usage: {Of(schema, command)}",
        _ => $"'help {command.Name}' lists the arguments",
    };

    private static IReadOnlyList<SchemaMember> Members(LiveSchema schema, SchemaCommand command) =>
        schema.TypeOf(command.Arguments) is ObjectType type ? type.Members : [];
}
