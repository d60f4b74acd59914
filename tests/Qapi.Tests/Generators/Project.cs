using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qapi.Generators;

namespace Qapi.Tests.Generators;

/// <summary>A project with a schema in memory, as the compiler sees it.</summary>
internal sealed class Project
{
    public const string Directory = "/project/schema/";
    public const string Root = Directory + "root.json";

    private static readonly string[] OwnAssemblies =
        ["Qapi.Tests", "Qapi.Language", "Qapi.Generators", "Qmp.Api", "Qmp.Types"];

    private readonly Dictionary<string, string> _properties = new()
    {
        ["QapiNamespace"] = "Sample.Types",
        ["QapiApiNamespace"] = "Sample.Api",
    };

    private readonly List<AdditionalText> _files = [];

    /// <summary>A project with this root file.</summary>
    public static Project Of(string schema) => new Project().File(Root, schema);

    /// <summary>The schema with every construct.</summary>
    public static Project Rich()
    {
        var project = new Project().Set("_QapiConditions", "CONFIG_ON");
        var directory = Path.Combine(AppContext.BaseDirectory, "Generators", "Rich");
        foreach (var path in System.IO.Directory.GetFiles(directory, "*.json", SearchOption.AllDirectories).Order())
        {
            var name = Path.GetRelativePath(directory, path).Replace('\\', '/');
            project.File(Directory + name, System.IO.File.ReadAllText(path));
        }
        return project;
    }

    public Project File(string path, string text)
    {
        _files.RemoveAll(file => file.Path == path);
        _files.Add(new MemoryText(path, text));
        return this;
    }

    /// <summary>The same files, listed the other way round.</summary>
    public Project Reversed()
    {
        _files.Reverse();
        return this;
    }

    public Project Set(string property, string value)
    {
        _properties[property] = value;
        return this;
    }

    /// <summary>A generator for the project that records its steps.</summary>
    public CSharpGeneratorDriver Driver() => CSharpGeneratorDriver.Create(
        [new QapiGenerator().AsSourceGenerator()],
        _files,
        new CSharpParseOptions(LanguageVersion.Latest, DocumentationMode.Diagnose),
        new ProjectOptions(_properties),
        new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>The files as the driver knows them, in order.</summary>
    public IReadOnlyList<AdditionalText> Files => _files;

    /// <summary>What the generator makes of the project.</summary>
    public GeneratorRunResult Run() => Driver().RunGenerators(Compilation()).GetRunResult().Results[0];

    /// <summary>The generated files by name.</summary>
    public IReadOnlyDictionary<string, string> Sources()
    {
        var result = Run();
        Assert.That(result.Exception, Is.Null);
        Assert.That(result.Diagnostics, Is.Empty);
        return result.GeneratedSources.ToDictionary(file => file.HintName, file => file.SourceText.ToString());
    }

    /// <summary>An empty compilation with everything that generated code may lean on.</summary>
    public static CSharpCompilation Compilation() => CSharpCompilation.Create(
        "Sample",
        references: References.Value,
        options: new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            warningLevel: 9999,
            nullableContextOptions: NullableContextOptions.Enable,
            generalDiagnosticOption: ReportDiagnostic.Error,
            // One assembly version stands for another: the compiler in a build is silent about it, too.
            specificDiagnosticOptions:
            [
                new("CS1701", ReportDiagnostic.Suppress),
                new("CS1702", ReportDiagnostic.Suppress),
            ]));

    /// <summary>What a compiler that takes warnings for errors has against the sources.</summary>
    public static IReadOnlyList<string> Errors(IEnumerable<string> sources)
    {
        var options = new CSharpParseOptions(LanguageVersion.Latest, DocumentationMode.Diagnose);
        var trees = sources.Select(source => CSharpSyntaxTree.ParseText(source, options));
        return [.. Compilation().AddSyntaxTrees(trees).GetDiagnostics()
            .Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)
            .Select(diagnostic => $"{diagnostic}: {Line(diagnostic)}")];
    }

    private static string? Line(Diagnostic diagnostic)
    {
        var line = diagnostic.Location.GetLineSpan().StartLinePosition.Line;
        return diagnostic.Location.SourceTree?.GetText().Lines[line].ToString();
    }

    private static readonly Lazy<ImmutableArray<MetadataReference>> References = new(() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !OwnAssemblies.Contains(Path.GetFileNameWithoutExtension(path)))
            .Select(path => MetadataReference.CreateFromFile(path))]);
}
