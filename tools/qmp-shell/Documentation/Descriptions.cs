using Qapi;
using Qapi.Model;

namespace Qmp.Shell.Documentation;

/// <summary>What the schema of this repository says of commands and events in words.</summary>
/// <remarks>
/// A server tells names and types, and never what they mean. What it has and we have not stays without words. The schema is
/// read when it is first asked for.
/// </remarks>
internal sealed class Descriptions
{
    private const string Root = "qmp.json";

    private static readonly Lazy<Descriptions> Shared = new(Load);

    private readonly QapiSchema? _schema;

    private Descriptions(QapiSchema? schema) => _schema = schema;

    /// <summary>No descriptions at all.</summary>
    public static Descriptions None { get; } = new(null);

    /// <summary>The descriptions that come with the shell.</summary>
    public static Descriptions Default => Shared.Value;

    /// <summary>What a command or an event is for, in paragraphs; none if that is not known.</summary>
    public IReadOnlyList<string> Of(string name) =>
        Find(name)?.Documentation is { } doc ? DescriptionText.Paragraphs(doc.Body) : [];

    /// <summary>The first sentence of that; empty if there is none.</summary>
    public string Summary(string name) => Of(name) is [var first, ..] ? DescriptionText.FirstSentence(first) : "";

    /// <summary>What a command returns, in paragraphs.</summary>
    public IReadOnlyList<string> Results(string name) => DescriptionText.Paragraphs(Find(name)?.Documentation?.Returns);

    /// <summary>Why a command may fail, in paragraphs.</summary>
    public IReadOnlyList<string> Errors(string name) => DescriptionText.Paragraphs(Find(name)?.Documentation?.Errors);

    /// <summary>The arguments of a command, or the data of an event.</summary>
    public DescribedType? Arguments(string name) => Find(name) switch
    {
        Command { Arguments: { } type } => new DescribedType(type),
        Event { Arguments: { } type } => new DescribedType(type),
        _ => null,
    };

    /// <summary>What a command returns.</summary>
    public DescribedType? Result(string name) => Find(name) is Command { Returns: { } type } ? new DescribedType(type) : null;

    private static Descriptions Load()
    {
        SchemaLoadResult result = QapiSchema.Load(new EmbeddedFiles(), Root);
        return new Descriptions(result.Schema ?? throw new InvalidOperationException(result.Error!.ToString()));
    }

    private SchemaEntity? Find(string name) =>
        _schema?.Find(name) is var found && found is Command or Event ? found : null;

    private sealed class EmbeddedFiles : ISchemaFiles
    {
        public string CurrentDirectory => "/";

        public SchemaFile Read(string path)
        {
            using Stream? stream = typeof(Descriptions).Assembly.GetManifestResourceStream("schema/" + path);
            if (stream is null) return SchemaFile.Unreadable("No such file or directory");
            byte[] content = new byte[stream.Length];
            stream.ReadExactly(content);
            return SchemaFile.Found(content);
        }
    }
}
