using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Qapi.Emit;

namespace Qapi.Generators;

/// <summary>
/// Keeps warnings about what a schema calls deprecated or unstable from those who implement it: a server has to serve
/// old and new alike. Clients are warned.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HandlerSuppressor : DiagnosticSuppressor
{
    private const string Justification = "The class implements the commands of a QAPI schema.";

    private static readonly ImmutableArray<SuppressionDescriptor> Rules =
    [
        new("QAPI201", "CS0612", Justification),
        new("QAPI202", "CS0618", Justification),
        new("QAPI203", EmitOptions.UnstableId, Justification),
    ];

    /// <inheritdoc/>
    public override ImmutableArray<SuppressionDescriptor> SupportedSuppressions => Rules;

    /// <inheritdoc/>
    public override void ReportSuppressions(SuppressionAnalysisContext context)
    {
        foreach (var diagnostic in context.ReportedDiagnostics)
        {
            if (IsInHandler(context, diagnostic.Location))
            {
                var rule = Rules.First(rule => rule.SuppressedDiagnosticId == diagnostic.Id);
                context.ReportSuppression(Suppression.Create(rule, diagnostic));
            }
        }
    }

    private static bool IsInHandler(SuppressionAnalysisContext context, Location location)
    {
        if (location.SourceTree is not { } tree)
            return false;
        var model = context.GetSemanticModel(tree);
        var symbol = model.GetEnclosingSymbol(location.SourceSpan.Start, context.CancellationToken);
        for (var type = symbol as INamedTypeSymbol ?? symbol?.ContainingType; type is not null; type = type.ContainingType)
        {
            if (type.AllInterfaces.Any(IsGenerated))
                return true;
        }
        return false;
    }

    private static bool IsGenerated(INamedTypeSymbol type) => type.GetAttributes().Any(attribute =>
        attribute.AttributeClass?.Name == "GeneratedCodeAttribute"
        && attribute.ConstructorArguments.FirstOrDefault().Value is AttributeWriter.Generator);
}
