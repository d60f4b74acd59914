using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Qapi.Generators;

namespace Qapi.Tests.Generators;

/// <summary>Who implements a schema is not warned of what it calls deprecated or unstable; everybody else is.</summary>
public sealed class HandlerSuppressorTests
{
    private const string Schema = """
        { 'command': 'go', 'data': {
            'old': { 'type': 'int', 'features': [ 'deprecated' ] },
            'new': { 'type': 'int', 'features': [ 'unstable' ] } } }
        { 'command': 'stop', 'features': [ 'deprecated', 'unstable' ] }
        """;

    private const string Handler = """
        #nullable enable
        using System.Threading;
        using System.Threading.Tasks;
        using Sample.Api;
        using Sample.Types;

        public sealed class Handler : IRootCommands
        {
            public ValueTask GoAsync(GoArguments arguments, CancellationToken cancellationToken = default)
            {
                long Sum() => arguments.Old + arguments.New;
                return Sum() > 1 ? StopAsync(new(), cancellationToken) : Nested.Stop(this);
            }

            public ValueTask StopAsync(StopArguments arguments, CancellationToken cancellationToken = default) => default;

            private static class Nested
            {
                public static ValueTask Stop(IRootCommands commands) => commands.StopAsync(new());
            }
        }
        """;

    private const string User = """
        #nullable enable
        using System;
        using Sample.Api;
        using Sample.Types;

        public sealed class User : IDisposable
        {
            public void Dispose()
            {
                var arguments = new GoArguments { Old = 1, New = 2 };
                _ = new RootClient(null!).StopAsync(new());
            }
        }
        """;

    [Test]
    public async Task Handler_is_not_warned() => Assert.That(await Errors(Handler), Is.Empty);

    [Test]
    public void Handler_would_be_warned_without_it() =>
        Assert.That(Project.Errors([.. Project.Of(Schema).Sources().Values, Handler]),
            Has.Some.Contains("CS0618").And.Some.Contains("QAPI100"));

    [Test]
    public async Task User_is_warned() =>
        Assert.That(await Errors(User), Is.EquivalentTo((string[])["CS0618", "CS0618", "QAPI100"]));

    /// <summary>The ids of what is left of the compiler's diagnostics.</summary>
    private static async Task<IEnumerable<string>> Errors(string source)
    {
        var options = new CSharpParseOptions(LanguageVersion.Latest);
        var trees = Project.Of(Schema).Sources().Values.Append(source)
            .Select(text => CSharpSyntaxTree.ParseText(text, options));
        ImmutableArray<DiagnosticAnalyzer> analyzers = [new HandlerSuppressor()];
        var diagnostics = await Project.Compilation().AddSyntaxTrees(trees).WithAnalyzers(analyzers)
            .GetAllDiagnosticsAsync();
        return diagnostics
            .Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning && !diagnostic.IsSuppressed)
            .Where(diagnostic => diagnostic.Id != "CS1591")
            .Select(diagnostic => diagnostic.Id);
    }
}
