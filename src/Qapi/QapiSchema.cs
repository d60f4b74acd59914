using Qapi.Checks;
using Qapi.Model;
using Qapi.Syntax;

namespace Qapi;

/// <summary>A schema that has passed every check. Nothing in it changes any more.</summary>
internal sealed class QapiSchema
{
    private readonly DefinitionTable _table;

    private QapiSchema(DefinitionTable table, IReadOnlyList<SchemaModule> modules, IReadOnlyList<DocComment> docs)
    {
        _table = table;
        Modules = modules;
        Documentation = docs;
    }

    /// <summary>
    /// Every type, command and event in definition order: the predefined ones first, implicit types and arrays
    /// just before the definition that needed them.
    /// </summary>
    public IReadOnlyList<SchemaEntity> Entities => _table.Entities;

    /// <summary>The predefined module, then the files in the order in which they were first met.</summary>
    public IReadOnlyList<SchemaModule> Modules { get; }

    /// <summary>All documentation comments, free-form ones too, in source order.</summary>
    public IReadOnlyList<DocComment> Documentation { get; }

    /// <summary>Commands in definition order.</summary>
    public IEnumerable<Command> Commands => Entities.OfType<Command>();

    /// <summary>Events in definition order.</summary>
    public IEnumerable<Event> Events => Entities.OfType<Event>();

    /// <summary>The empty object: what a command takes and returns when the schema says nothing.</summary>
    public ObjectType EmptyObject => _table.EmptyObject;

    /// <summary>The type, command or event of that name; null if there is none.</summary>
    public SchemaEntity? Find(string name) => _table.Find(name);

    /// <summary>Reads and checks the schema whose root file is <paramref name="root"/>.</summary>
    public static SchemaLoadResult Load(ISchemaFiles files, string root, SchemaRules rules = SchemaRules.All)
    {
        try
        {
            var source = SchemaReader.Read(files, root, readsComments: rules == SchemaRules.All);
            var definitions = new DefinitionReader(source.Pragmas).Read(source);
            var table = new DefinitionTable();
            table.Define(definitions);
            new SchemaChecker(table, source.Pragmas).Check();
            var modules = ModuleTable.Build(source, table.Entities);
            return new SchemaLoadResult(new QapiSchema(table, modules, source.Documentation));
        }
        catch (SchemaException failure)
        {
            return new SchemaLoadResult(failure.Error);
        }
    }
}

/// <summary>What a schema must satisfy.</summary>
internal enum SchemaRules
{
    /// <summary>All that QEMU's front end demands.</summary>
    All,

    /// <summary>
    /// What clients can see; documentation comments are not read. Their rules, and the names of pragmas, have changed from
    /// version to version.
    /// </summary>
    Interface,
}

/// <summary>A checked schema, or the error that keeps it from being one.</summary>
internal sealed class SchemaLoadResult
{
    public SchemaLoadResult(QapiSchema schema) => Schema = schema;

    public SchemaLoadResult(QapiError error) => Error = error;

    /// <summary>The schema; null when there is an error.</summary>
    public QapiSchema? Schema { get; }

    /// <summary>The error; null when there is a schema.</summary>
    public QapiError? Error { get; }
}
