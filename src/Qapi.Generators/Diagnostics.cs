using Microsoft.CodeAnalysis;

namespace Qapi.Generators;

/// <summary>The diagnostics of the generator.</summary>
internal static class Diagnostics
{
    private static readonly DiagnosticDescriptor Schema = Error("QAPI001", "QAPI schema error");
    private static readonly DiagnosticDescriptor Project = Error("QAPI002", "QAPI project error");
    private static readonly DiagnosticDescriptor Internal = Error("QAPI003", "QAPI generator failure");

    public static DiagnosticDescriptor Of(ProblemRule rule) => rule switch
    {
        ProblemRule.Schema => Schema,
        ProblemRule.Project => Project,
        _ => Internal,
    };

    private static DiagnosticDescriptor Error(string id, string title) =>
        new(id, title, "{0}", "Qapi", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
