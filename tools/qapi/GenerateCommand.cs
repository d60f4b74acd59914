using System.CommandLine;
using Qapi.Emit;

namespace Qapi.Tool;

/// <summary>Writes the C# code of a schema into a directory: what the source generator makes in a build.</summary>
internal sealed class GenerateCommand : ToolCommand
{
    private readonly SchemaArgument _schema = new();
    private readonly ConditionOption _conditions = new();
    private readonly Option<string> _output = new("--output")
    {
        Description = "The directory; it is created if it does not exist. Generated files that are no longer needed are removed.",
        HelpName = "DIR",
        Required = true,
    };
    private readonly Option<string> _namespace = NamespaceOption("--namespace", "The namespace of types.");
    private readonly Option<string> _apiNamespace =
        NamespaceOption("--api-namespace", "The namespace of everything else. [default: that of types]");
    private readonly Option<EmitParts[]> _emit = new("--emit")
    {
        Description = "What to write; may be given again. [default: Types and Api]",
        HelpName = "Types|Server|Client|Api|StreamJsonRpc",
    };

    public GenerateCommand()
        : base("generate", "Writes the C# code of a schema: types, visitors, commands, events, clients, introspection.",
            "qapi generate schema/root.json --output Generated --namespace Sample --condition CONFIG_LINUX")
    {
        _namespace.Required = true;
        _output.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: "" }])
                result.AddError("--output: the name of a directory is missing.");
        });
        _emit.AcceptOnlyFromAmong("Types", "Server", "Client", "Api", "StreamJsonRpc");
        Add(_schema);
        Add(_output);
        Add(_namespace);
        Add(_apiNamespace);
        Add(_conditions);
        Add(_emit);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        if (_schema.Load(parsed) is not { } schema)
            return QapiTool.SchemaError;
        var error = parsed.InvocationConfiguration.Error;
        var conditions = _conditions.Defined(parsed);
        var space = parsed.GetRequiredValue(_namespace);
        var parts = (parsed.GetValue(_emit) ?? []).Aggregate(EmitParts.None, (all, part) => all | part);
        var options = new EmitOptions(parts == EmitParts.None ? EmitParts.Types | EmitParts.Api : parts, space,
            parsed.GetValue(_apiNamespace) ?? space, conditions, []);
        if (ConditionCheck.Find(schema, options) is { } missing)
        {
            error.WriteLine(missing.Render());
            return QapiTool.SchemaError;
        }

        try
        {
            new GeneratedDirectory(parsed.GetRequiredValue(_output)).Write(SchemaEmitter.Emit(schema, options));
            return QapiTool.Success;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"qapi: {failure.Message}");
            return QapiTool.SchemaError;
        }
    }

    private static Option<string> NamespaceOption(string name, string description)
    {
        var option = new Option<string>(name) { Description = description, HelpName = "NS" };
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => !token.Value.Split('.').All(IsIdentifier)))
                result.AddError($"'{token.Value}' is no namespace.");
        });
        return option;
    }

    private static bool IsIdentifier(string text) =>
        text.Length > 0 && !char.IsDigit(text[0]) && text.All(c => char.IsLetterOrDigit(c) || c == '_');
}
