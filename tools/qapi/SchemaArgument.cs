using System.CommandLine;

namespace Qapi.Tool;

/// <summary>The schema file that a command works on.</summary>
internal sealed class SchemaArgument : Argument<string>
{
    public SchemaArgument(string name = "FILE", string description = "The schema's root file.")
        : base(name)
    {
        Description = description;
        Validators.Add(result =>
        {
            // An option that does not exist would be taken for the file.
            foreach (var token in result.Tokens.Where(token => token.Value.StartsWith('-')))
                result.AddError($"Unrecognized option '{token.Value}'.");
        });
    }

    /// <summary>Loads the schema; null after its error has been printed.</summary>
    public QapiSchema? Load(ParseResult parsed) =>
        Load(parsed, new DiskFiles(Directory.GetCurrentDirectory()), SchemaRules.All);

    /// <summary>Loads the schema from files of which some may have been read; null after its error has been printed.</summary>
    public QapiSchema? Load(ParseResult parsed, DiskFiles files, SchemaRules rules)
    {
        var result = QapiSchema.Load(files, parsed.GetRequiredValue(this), rules);
        if (result.Error is not null)
            parsed.InvocationConfiguration.Error.WriteLine(result.Error.Render());
        return result.Schema;
    }
}
