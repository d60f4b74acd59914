using Qapi.Model;

namespace Qapi.Syntax;

/// <summary>
/// The first phase: reads the root and, where they stand, its includes; applies pragmas; gives each definition its
/// comment (qapi-code-gen, "Include directives", "Pragma directives").
/// </summary>
internal sealed class SchemaReader
{
    /// <summary>Bounds the stack: each level of includes is a level of recursion.</summary>
    public const int MaxIncludeDepth = 100;

    private readonly ISchemaFiles _files;
    private readonly HashSet<string> _seen = [];
    private readonly SchemaSource _source;
    private readonly bool _readsComments;

    private SchemaReader(ISchemaFiles files, SourceFile root, bool readsComments)
    {
        _files = files;
        _readsComments = readsComments;
        _source = new SchemaSource(root);
        _seen.Add(root.FullPath);
    }

    /// <summary>Reads a schema.</summary>
    /// <param name="files">Where its text comes from.</param>
    /// <param name="root">Its root file.</param>
    /// <param name="readsComments">Whether documentation is read; if not, none is demanded either.</param>
    public static SchemaSource Read(ISchemaFiles files, string root, bool readsComments)
    {
        var file = files.Read(root);
        if (file.Content is null)
            throw new SchemaException(
                QapiError.WithoutLocation($"can't read schema file '{root}': {file.Failure}"));
        var source = SourceFile.Decode(root, FullPath(files, root), null, file.Content);
        var reader = new SchemaReader(files, source, readsComments);
        reader.ReadFile(source);
        return reader._source;
    }

    private void ReadFile(SourceFile file)
    {
        var parser = new ExpressionParser(file);
        DocComment? doc = null;
        while (parser.Current.Kind != TokenKind.End)
        {
            var location = new SourceLocation(file, parser.Current.Line);
            if (parser.Current.Kind == TokenKind.Comment)
            {
                if (!_readsComments)
                {
                    parser.Accept();
                    continue;
                }
                RejectDefinitionDoc(doc);
                doc = new DocParser(parser, file).Parse();
                _source.Documentation.Add(doc);
                continue;
            }
            if (parser.ParseValue() is not ObjectNode expression)
                throw location.Error("top-level expression must be an object");
            if (expression.Has("include"))
            {
                RejectDefinitionDoc(doc);
                Include(expression, location);
            }
            else if (expression.Has("pragma"))
            {
                RejectDefinitionDoc(doc);
                ApplyPragma(expression, location);
            }
            else
            {
                if (doc is { Symbol: null })
                    throw doc.Location.Error("definition documentation required");
                _source.Items.Add(new DefinitionItem(location, expression, doc));
            }
            doc = null;
        }
        RejectDefinitionDoc(doc);
    }

    private static void RejectDefinitionDoc(DocComment? doc)
    {
        if (doc?.Symbol is not null)
            throw doc.Location.Error($"documentation for '{doc.Symbol}' is not followed by the definition");
    }

    private void Include(ObjectNode directive, SourceLocation location)
    {
        if (directive.Members.Count != 1)
            throw location.Error("invalid 'include' directive");
        if (directive.Find("include") is not StringNode { Value: var written })
            throw location.Error("value of 'include' must be a string");
        var name = SchemaPath.Join(SchemaPath.DirectoryOf(location.File.Name), written);
        var fullPath = FullPath(_files, name);
        var depth = 0;
        for (var at = location; at is not null; at = at.File.IncludedFrom)
        {
            if (at.File.FullPath == fullPath)
                throw location.Error($"inclusion loop for {written}");
            depth++;
        }
        _source.Items.Add(new IncludeItem(location, fullPath));
        if (!_seen.Add(fullPath))
            return;
        if (depth > MaxIncludeDepth)
            throw location.Error($"files included more than {MaxIncludeDepth} levels deep");
        var file = _files.Read(name);
        if (file.Content is null)
            throw location.Error($"can't read include file '{name}': {file.Failure}");
        ReadFile(SourceFile.Decode(name, fullPath, location, file.Content));
    }

    private void ApplyPragma(ObjectNode directive, SourceLocation location)
    {
        if (directive.Members.Count != 1)
            throw location.Error("invalid 'pragma' directive");
        if (directive.Find("pragma") is not ObjectNode settings)
            throw location.Error("value of 'pragma' must be an object");
        foreach (var setting in settings.Members)
        {
            if (_readsComments)
                _source.Pragmas.Set(setting.Key, setting.Value, location);
            else
                _source.Pragmas.SetForInterface(setting.Key, setting.Value, location);
        }
    }

    private static string FullPath(ISchemaFiles files, string path) =>
        SchemaPath.Normalize(SchemaPath.Join(files.CurrentDirectory, path));
}
