using Qmp.Shell.Documentation;

namespace Qmp.Shell.Schema;

/// <summary>Finds out where the server has an argument or a value of a name.</summary>
internal sealed class WordSearch(LiveSchema schema, Descriptions words, string word, int width)
{
    private const int MaxDepth = 4;

    /// <summary>So many places are named of each meaning.</summary>
    private const int ShownPlaces = 4;

    private readonly List<(string Kind, string Text, List<string> Places)> _found = [];
    private readonly HashSet<string> _open = [];
    private readonly HashSet<string> _names = [];

    /// <summary>The names of all arguments and values that were looked at.</summary>
    public IReadOnlyCollection<string> Names => _names;

    /// <summary>What it means where; none if nothing is called so.</summary>
    public IReadOnlyList<string> Lines()
    {
        foreach (string name in schema.Commands)
        {
            if (schema.FindCommand(name) is { } command) Search(command.Arguments, words.Arguments(name), name, 1);
        }

        foreach (string name in schema.Events)
        {
            if (schema.FindEvent(name) is { } value) Search(value.Data, words.Arguments(name), "event " + name, 1);
        }

        // What is returned has many of the same names; it counts where nothing else has them.
        if (_found.Count == 0)
        {
            foreach (string name in schema.Commands)
            {
                if (schema.FindCommand(name) is { } command) Search(command.Result, words.Result(name), "the result of " + name, 1);
            }
        }

        return [.. _found.SelectMany(Show)];
    }

    private IEnumerable<string> Show((string Kind, string Text, List<string> Places) found)
    {
        string more = found.Places.Count > ShownPlaces ? $" and {found.Places.Count - ShownPlaces} more" : "";
        yield return $"{word}: {found.Kind} {string.Join(", ", found.Places.Take(ShownPlaces))}{more}";
        if (found.Text.Length == 0) yield break;
        foreach (string line in found.Text.Split('\n').SelectMany(p => DescriptionText.Wrap(p, "    ", width))) yield return line;
    }

    private void Search(string typeName, DescribedType? said, string place, int depth)
    {
        if (depth > MaxDepth || !_open.Add(typeName)) return;
        SchemaType type = schema.TypeOf(typeName);
        switch (type)
        {
            case ObjectType members:
                foreach (SchemaMember member in members.Members) Look(member, said, place, depth);
                foreach ((string value, string variant) in members.Variants) Search(variant, said?.Variant(value), place, depth);
                break;
            case ArrayType array:
                Search(array.Element, said, place, depth);
                break;
            case AlternateType alternate:
                foreach (string branch in alternate.Branches) Search(branch, said, place, depth);
                break;
            case EnumType values:
                _names.UnionWith(values.Values.Select(v => v.Name));
                if (values.Values.Any(v => v.Name == word)) Add("value of", said?.Of(word), place);
                break;
        }

        _open.Remove(typeName);
    }

    private void Look(SchemaMember member, DescribedType? said, string place, int depth)
    {
        _names.Add(member.Name);
        string path = depth == 1 ? $"{place} {member.Name}" : $"{place}.{member.Name}";
        if (member.Name == word)
        {
            Add($"{TypeText.Short(schema, schema.TypeOf(member.Type))}{(member.IsOptional ? ", optional" : "")}, of", said?.Of(word), place);
        }

        Search(member.Type, said?.Enter(member.Name), path, depth + 1);
    }

    private void Add(string kind, IReadOnlyList<string>? text, string place)
    {
        string joined = string.Join('\n', text ?? []);
        int same = _found.FindIndex(f => f.Kind == kind && f.Text == joined);
        if (same < 0) _found.Add((kind, joined, [place]));
        else if (!_found[same].Places.Contains(place)) _found[same].Places.Add(place);
    }
}
