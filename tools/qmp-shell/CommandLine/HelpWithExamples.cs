using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Qmp.Shell.Session;

namespace Qmp.Shell.CommandLine;

/// <summary>The help, with examples below it.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    private const string Examples =
        """
        Examples:
          qmp-shell vm.qmp                              talk to a machine
          qmp-shell vm.qmp -c query-status              run a command, print its reply
          qmp-shell vm.qmp -c stop -c 'expect STOP'     and wait for its event
          qmp-shell vm.qmp -c 'migrate --watch uri=unix:dst.mig'
                                                        migrate, and see how that goes
          qmp-shell --start -- qemu-system-x86_64 -M none
                                                        start one, talk to it, end it
          qmp-shell vm.qmp --record talk.json           write the conversation down
          qmp-shell conform talk.json -- qemu-system-x86_64
                                                        have it with another emulator

        In scripts (-f FILE, or standard input):
          expect EVENT [KEY=VALUE ...] [TIMEOUT]   wait for an event, 10s by default
          expect-error CLASS                       the command before it must fail so
        Replies are printed one a line.

        Exit status: 0 all went well, 1 the server refused or something expected did
        not happen, 2 bad usage.
        """;

    public override bool ClearsParseErrors => true;

    /// <summary>Takes the place of the plain help.</summary>
    public static void Install(RootCommand root)
    {
        foreach (HelpOption option in root.Options.OfType<HelpOption>())
        {
            if (option.Action is HelpAction plain) option.Action = new HelpWithExamples(plain);
        }
    }

    public override int Invoke(ParseResult parseResult)
    {
        help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is RootCommand)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(Examples);
        }

        return ExitStatus.Success;
    }
}
