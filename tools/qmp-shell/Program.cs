using System.CommandLine;
using Qmp.Shell.CommandLine;
using Qmp.Shell.Output;
using Qmp.Shell.Session;
using Qmp.Tools;

return await StandardStreams.RunAsync(
    "qmp-shell", ExitStatus.Failure, (output, error) => RunAsync(args, output, error), text => new EscapingWriter(text));

static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error)
{
    var root = new ShellCommand();
    HelpWithExamples.Install(root);
    ProgramVersion.Install(root, "qmp-shell");
    // A socket's name may start with @.
    ParseResult parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
    if (parsed.Errors.Count > 0 && parsed.Action is not HelpWithExamples)
    {
        foreach (var problem in parsed.Errors) error.WriteLine($"qmp-shell: {problem.Message}");
        error.WriteLine("Try 'qmp-shell --help'.");
        return ExitStatus.Usage;
    }

    return await parsed.InvokeAsync(new InvocationConfiguration
    {
        Output = output,
        Error = error,
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = null,
    });
}
