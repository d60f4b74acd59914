using Qapi.Model;
using Qapi.Syntax;

namespace Qapi.Checks;

/// <summary>Puts includes and entities into the modules they belong to.</summary>
internal sealed class ModuleTable
{
    private readonly string _directory;
    private readonly List<SchemaModule> _modules = [];
    private readonly Dictionary<string, SchemaModule> _byPath = [];
    private readonly SchemaModule _builtin = new(SchemaModule.Builtin, null);

    private ModuleTable(string directory)
    {
        _directory = directory;
        _modules.Add(_builtin);
    }

    /// <summary>The modules in the order in which they are first met, the predefined one first.</summary>
    public static IReadOnlyList<SchemaModule> Build(SchemaSource source, IEnumerable<SchemaEntity> entities)
    {
        var table = new ModuleTable(source.Directory);
        table.ModuleOf(source.Root.FullPath);
        foreach (var include in source.Items.OfType<IncludeItem>())
            table.ModuleOf(include.FullPath);
        return table.Fill(source, entities);
    }

    private IReadOnlyList<SchemaModule> Fill(SchemaSource source, IEnumerable<SchemaEntity> entities)
    {
        // Includes and entities are two sequences in source order; a definition's expression tells where it stands.
        var byOrigin = entities.Where(entity => entity.Origin is not null).ToLookup(entity => entity.Origin!.Location);
        foreach (var entity in entities.Where(entity => entity.Origin is null))
            _builtin.Add(entity);
        foreach (var item in source.Items)
        {
            if (item is IncludeItem include)
                ModuleOf(include.Location.File.FullPath)
                    .Add(new SchemaInclude(include.Location, ModuleOf(include.FullPath)));
            foreach (var entity in byOrigin[item.Location])
                ModuleOf(Home(entity)).Add(entity);
        }
        return _modules;
    }

    private static string? Home(SchemaEntity entity) =>
        (entity is ArrayType array ? array.ElementType : entity).Location?.File.FullPath;

    private SchemaModule ModuleOf(string? path)
    {
        if (path is null)
            return _builtin;
        if (_byPath.TryGetValue(path, out var module))
            return module;
        module = new SchemaModule(SchemaPath.Relative(_directory, path), path);
        _byPath.Add(path, module);
        _modules.Add(module);
        return module;
    }
}
