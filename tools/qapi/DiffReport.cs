using System.Text.Json;
using System.Text.Json.Nodes;
using Qapi.Diff;

namespace Qapi.Tool;

/// <summary>Prints the differences of two schemas.</summary>
internal sealed class DiffReport(TextWriter output)
{
    /// <summary>Prints them for people, command by command; nothing if there are none.</summary>
    public void WriteText(IReadOnlyList<SchemaChange> changes)
    {
        foreach (var call in changes.GroupBy(change => (change.MetaType, change.Name)))
        {
            output.Write($"{call.Key.MetaType} {call.Key.Name}\n");
            foreach (var change in call)
            {
                var path = change.Path.Length == 0 ? "" : change.Path + " ";
                output.Write($"  {Word(change.Impact),-6}  {path}{change.Text}\n");
            }
        }
        if (changes.Count == 0)
            return;
        var counts = changes.ToLookup(change => change.Impact);
        output.Write($"{changes.Count} changes: {counts[ChangeImpact.Breaks].Count()} break clients, "
            + $"{counts[ChangeImpact.May].Count()} may break them, {counts[ChangeImpact.None].Count()} do not\n");
    }

    /// <summary>Prints them for programs.</summary>
    public void WriteJson(IReadOnlyList<SchemaChange> changes)
    {
        var objects = changes.Select(change => new JsonObject
        {
            ["meta-type"] = change.MetaType,
            ["name"] = change.Name,
            ["path"] = change.Path,
            ["change"] = JsonNamingPolicy.KebabCaseLower.ConvertName(change.Kind.ToString()),
            ["impact"] = Word(change.Impact),
            ["text"] = change.Text,
        }.ToJsonString());
        output.Write(changes.Count == 0 ? "[]\n" : $"[\n  {string.Join(",\n  ", objects)}\n]\n");
    }

    private static string Word(ChangeImpact impact) => impact switch
    {
        ChangeImpact.Breaks => "breaks",
        ChangeImpact.May => "may",
        _ => "ok",
    };
}
