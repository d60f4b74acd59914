using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Qapi.Generators;

/// <summary>Generates C# from the project's QAPI schema. Only the pipeline; it looks at no compilation.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class QapiGenerator : IIncrementalGenerator
{
    /// <summary>The step that picks the schema among the additional files.</summary>
    public const string FilesStep = "SchemaFiles";

    /// <summary>The step that reads the project's properties.</summary>
    public const string SettingsStep = "Settings";

    /// <summary>The step that makes sources of them; whatever comes after it compares results.</summary>
    public const string SourcesStep = "Sources";

    /// <summary>The step that makes problems of them.</summary>
    public const string ProblemsStep = "Problems";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var files = context.AdditionalTextsProvider
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Where(pair => pair.Right.GetOptions(pair.Left)
                .TryGetValue("build_metadata.AdditionalFiles.QapiSchema", out var value) && value == "true")
            .Select((pair, token) => new SchemaText(pair.Left.Path, pair.Left.GetText(token)?.ToString()))
            .WithTrackingName(FilesStep)
            .Collect();
        var settings = context.AnalyzerConfigOptionsProvider
            .Select((options, _) => ProjectSettings.Read(options.GlobalOptions))
            .WithTrackingName(SettingsStep);
        var generation = files.Combine(settings)
            .Select((pair, token) => Generation.Run(new(pair.Left), pair.Right, token));

        // Two outputs, each compared by value: a moved comment or a new error does not touch code that stays the same.
        var sources = generation.SelectMany((result, _) => result.Sources).WithTrackingName(SourcesStep);
        context.RegisterSourceOutput(sources, (output, file) =>
            output.AddSource(file.Name, SourceText.From(file.Text, Utf8)));
        var problems = generation.SelectMany((result, _) => result.Problems).WithTrackingName(ProblemsStep);
        context.RegisterSourceOutput(problems, (output, problem) =>
            output.ReportDiagnostic(problem.ToDiagnostic()));
    }
}
