using Microsoft.CodeAnalysis.Diagnostics;
using Qapi.Emit;

namespace Qapi.Generators;

/// <summary>What the project file says, as texts, which are compared between runs.</summary>
internal sealed record ProjectSettings(
    string Emit, string Namespace, string ApiNamespace, string Conditions, string Switches,
    string SchemaClass)
{
    private const string DefaultNamespace = "Qapi.Generated";
    private static readonly char[] Separators = [',', ';', ' '];

    public static ProjectSettings Read(AnalyzerConfigOptions options)
    {
        var space = Property(options, "QapiNamespace", Property(options, "RootNamespace", DefaultNamespace));
        return new ProjectSettings(
            Property(options, "_QapiEmit", "Types,Api"),
            space,
            Property(options, "QapiApiNamespace", space),
            Property(options, "_QapiConditions", ""),
            Property(options, "_QapiSwitches", ""),
            Property(options, "QapiSchemaClass", ""));
    }

    /// <summary>The options of the emitter; null, and the word at fault, if a part has an unknown name.</summary>
    public EmitOptions? ToOptions(out string unknown)
    {
        unknown = "";
        var parts = EmitParts.None;
        foreach (var word in Split(Emit))
        {
            if (!Enum.TryParse(word, ignoreCase: true, out EmitParts part))
            {
                unknown = word;
                return null;
            }
            parts |= part;
        }
        return new EmitOptions(parts, Namespace, ApiNamespace, new HashSet<string>(Split(Conditions)), Split(Switches),
            SchemaClass.Length == 0 ? null : SchemaClass);
    }

    private static string[] Split(string list) =>
        [.. list.Split(Separators, StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim())];

    private static string Property(AnalyzerConfigOptions options, string name, string otherwise) =>
        options.TryGetValue("build_property." + name, out var value) && value.Trim().Length > 0
            ? value.Trim()
            : otherwise;
}
