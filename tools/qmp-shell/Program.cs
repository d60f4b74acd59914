using System.CommandLine;
using Qmp.Shell.CommandLine;

var root = new ShellCommand();
HelpWithExamples.Install(root);
// A socket's name may start with @.
ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
if (parsed.Errors.Count > 0 && parsed.Action is not HelpWithExamples)
{
    foreach (var problem in parsed.Errors) Console.Error.WriteLine($"qmp-shell: {problem.Message}");
    Console.Error.WriteLine("Try 'qmp-shell --help'.");
    return ExitStatus.Usage;
}

return await parsed.InvokeAsync(new InvocationConfiguration
{
    EnableDefaultExceptionHandler = false,
    ProcessTerminationTimeout = null,
});
