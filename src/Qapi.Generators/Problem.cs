using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Qapi.Generators;

/// <summary>A diagnostic as values, which are compared between runs.</summary>
/// <param name="Rule">Which rule is broken.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Path">The file at fault; null for the project.</param>
/// <param name="Line">Counted from 1.</param>
/// <param name="Column">Counted from 1; 0 for the whole line.</param>
internal sealed record Problem(ProblemRule Rule, string Message, string? Path = null, int Line = 0, int Column = 0)
{
    public Diagnostic ToDiagnostic()
    {
        var location = Location.None;
        if (Path is not null)
        {
            var position = new LinePosition(Math.Max(Line - 1, 0), Math.Max(Column - 1, 0));
            location = Location.Create(Path, default, new LinePositionSpan(position, position));
        }
        return Diagnostic.Create(Diagnostics.Of(Rule), location, Message);
    }
}
