using System.CommandLine;
using Qapi.Tool.Documentation;

namespace Qapi.Tool;

/// <summary>Writes a reference of a schema, as web pages.</summary>
internal sealed class DocCommand : ToolCommand
{
    private readonly SchemaArgument _schema = new();
    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = "The directory that the pages go to; made if it is not there.",
        HelpName = "DIRECTORY",
        Required = true,
    };

    private readonly Option<string?> _title = new("--title")
    {
        Description = "What the reference is called; the schema's file by default.",
        HelpName = "TEXT",
    };

    public DocCommand()
        : base("doc", "Writes a reference in HTML, one page a module, with an index.",
            "qapi doc schema/root.json -o reference --title \"My protocol\"")
    {
        Add(_schema);
        Add(_output);
        Add(_title);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        if (_schema.Load(parsed) is not { } schema)
            return QapiTool.SchemaError;
        string directory = parsed.GetRequiredValue(_output);
        string title = parsed.GetValue(_title) ?? Path.GetFileNameWithoutExtension(parsed.GetRequiredValue(_schema));
        try
        {
            Directory.CreateDirectory(directory);
            foreach (var (name, text) in new ReferencePages(schema, title).Write())
                File.WriteAllText(Path.Combine(directory, name), text);
            return QapiTool.Success;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"qapi: {e.Message}");
            return QapiTool.UsageError;
        }
    }
}
