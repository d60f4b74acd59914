using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Qmp.StreamJsonRpc.Tests.JsonRpc;

/// <summary>The samples of the README are programs.</summary>
[TestFixture]
internal sealed partial class ReadmeTests
{
    private const string Implicit = """
        global using System;
        global using System.Net.Sockets;
        global using System.Threading.Tasks;
        """;

    private static string[] Samples
    {
        get
        {
            string text = File.ReadAllText(Path.Combine(FindSource(), "README.md"));
            return [.. Sample().Matches(text).Select(match => match.Groups[1].Value)];
        }
    }

    [Test]
    public void There_is_one_for_each_role() => Assert.That(Samples, Has.Length.EqualTo(3));

    [Test]
    public void Client_compiles() => Assert.That(Errors(Samples[0]), Is.Empty);

    [Test]
    public void Typed_client_compiles() => Assert.That(Errors(
        Samples[1], "global using Qmp.Api; global using Qmp.Types; global using StreamJsonRpc; global using Qmp.StreamJsonRpc;"),
        Is.Empty);

    [Test]
    public void Server_compiles() => Assert.That(Errors(
        Samples[2].Replace("// `connection` is a connected Socket.", "Socket connection = null!;"),
        "public sealed record Status(bool Running);"), Is.Empty);

    private static IEnumerable<string> Errors(params string[] sources)
    {
        IEnumerable<MetadataReference> references =
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path));
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Sample",
            sources.Append(Implicit).Select(source => CSharpSyntaxTree.ParseText(source)),
            references,
            new CSharpCompilationOptions(
                OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        return compilation.GetDiagnostics()
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .Select(diagnostic => diagnostic.ToString());
    }

    private static string FindSource()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Qmp.sln"))) directory = directory.Parent!;
        return Path.Combine(directory.FullName, "src", "Qmp.StreamJsonRpc");
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Sample();
}
