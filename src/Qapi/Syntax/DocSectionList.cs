using Qapi.Model;

namespace Qapi.Syntax;

/// <summary>Collects the sections of one comment while its lines go by.</summary>
internal sealed class DocSectionList
{
    private readonly List<DocSection> _sections = [];
    private readonly HashSet<(DocSectionKind, string?)> _opened = [];
    private readonly List<string> _lines = [];
    private DocSectionKind _kind = DocSectionKind.Plain;
    private string? _name;
    private SourceLocation _location;

    /// <summary>Starts with the body, which is there even when it stays empty.</summary>
    public DocSectionList(SourceLocation location) => _location = location;

    public void Append(string line) => _lines.Add(line);

    /// <summary>Starts or continues paragraphs without a tag.</summary>
    public void OpenPlain(SourceLocation location)
    {
        if (_kind != DocSectionKind.Plain)
            Open(DocSectionKind.Plain, null, location);
    }

    public void OpenTagged(DocSectionKind kind, SourceLocation location)
    {
        if (kind != DocSectionKind.Todo && !_opened.Add((kind, null)))
            throw location.Error($"duplicated '{kind}' section");
        Open(kind, null, location);
    }

    /// <summary>Starts the description of a member or a feature.</summary>
    public void OpenDescription(DocSectionKind kind, string name, SourceLocation location)
    {
        if (name.Length == 0)
            throw location.Error("invalid parameter name");
        if (!_opened.Add((kind, name)))
            throw location.Error($"'{name}' parameter name duplicated");
        Open(kind, name, location);
    }

    /// <summary>Ends the comment: everything but paragraphs needs text.</summary>
    public IReadOnlyList<DocSection> Finish()
    {
        Close();
        foreach (var section in _sections)
        {
            if (section.Kind != DocSectionKind.Plain && section.Text.Length == 0)
                throw section.Location.Error($"text required after '{section.Kind}:'");
        }
        return _sections;
    }

    private void Open(DocSectionKind kind, string? name, SourceLocation location)
    {
        Close();
        _kind = kind;
        _name = name;
        _location = location;
    }

    private void Close()
    {
        _sections.Add(new DocSection(_kind, _name, _location, _lines));
        _lines.Clear();
    }
}
