using System.CommandLine;
using Qmp.Tools;

namespace Qapi.Tool;

/// <summary>The command line: one class a command, all of them listed here.</summary>
internal static class QapiTool
{
    public const int Success = 0;
    public const int SchemaError = 1;
    public const int UsageError = 2;
    public const int BreakingChange = 1;

    /// <summary>Runs one command; the result is the exit status.</summary>
    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        var root = new RootCommand("Works with QAPI schemas.")
        {
            new CheckCommand(),
            new IntrospectCommand(),
            new GenerateCommand(),
            new DiffCommand(),
            new DocCommand(),
        };
        HelpWithExamples.Install(root);
        ProgramVersion.Install(root, "qapi");
        // A file name may start with @.
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            foreach (var problem in parsed.Errors)
                error.WriteLine($"qapi: {problem.Message}");
            error.WriteLine("Try 'qapi --help'.");
            return UsageError;
        }
        return parsed.Invoke(new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
    }
}
