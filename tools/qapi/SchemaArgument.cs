using System.CommandLine;

namespace Qapi.Tool;

/// <summary>The schema file that every command works on.</summary>
internal static class SchemaArgument
{
    public static Argument<string> Create() => new("FILE")
    {
        Description = "The schema's root file.",
    };

    /// <summary>Loads the schema; null after its error has been printed.</summary>
    public static QapiSchema? Load(ParseResult parsed, Argument<string> file)
    {
        var result = QapiSchema.Load(new DiskFiles(), parsed.GetRequiredValue(file));
        if (result.Error is not null)
            parsed.InvocationConfiguration.Error.WriteLine(result.Error.Render());
        return result.Schema;
    }
}
