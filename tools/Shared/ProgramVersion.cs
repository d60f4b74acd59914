using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Qmp.Tools;

/// <summary>What <c>--version</c> prints: the program, its version, and the commit that it was built from.</summary>
internal sealed class ProgramVersion(string program) : SynchronousCommandLineAction
{
    private const int CommitDigits = 12;

    public override bool ClearsParseErrors => true;

    /// <summary>Takes the place of the plain version.</summary>
    public static void Install(RootCommand root, string program)
    {
        foreach (VersionOption option in root.Options.OfType<VersionOption>()) option.Action = new ProgramVersion(program);
    }

    public override int Invoke(ParseResult parseResult)
    {
        string[] version = typeof(ProgramVersion).Assembly
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+');
        // Built outside of a repository there is no commit.
        string commit = version.Length > 1 ? $" (commit {version[1][..Math.Min(CommitDigits, version[1].Length)]})" : "";
        parseResult.InvocationConfiguration.Output.WriteLine($"{program} {version[0]}{commit}");
        return 0;
    }
}
