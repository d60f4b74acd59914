using System.CommandLine;
using System.Globalization;
using Qmp.Conversations;
using Qmp.Conversations.Files;
using Qmp.Conversations.Replay;
using Qmp.Conversations.Targets;
using Qmp.Shell.Session;

namespace Qmp.Shell.CommandLine;

/// <summary>Replays recordings against an emulator and reports what it says differently.</summary>
internal sealed class ConformCommand : Command
{
    private readonly Argument<string> _folder = new("PATH")
    {
        Description = "A recording, or a folder with recordings below it.",
    };

    private readonly Argument<string[]> _emulator = new("EMULATOR")
    {
        Description = "What starts the emulator, after --; the recorded arguments are added.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _only = new("--only", "-k")
    {
        Description = "Only recordings with this in their names, GROUP/NAME.",
        HelpName = "TEXT",
    };

    private readonly Option<bool> _bytes = new("--bytes")
    {
        Description = "Compare every byte: order of members, separators, line ends, forms of numbers.",
    };

    private readonly Option<bool> _verbose = new("--verbose", "-v")
    {
        Description = "Show each recording, and the messages of those that differ.",
    };

    public ConformCommand()
        : base("conform", "Replays recordings against an emulator; exits with 1 if it answers differently.")
    {
        Add(_folder);
        Add(_emulator);
        Add(_only);
        Add(_bytes);
        Add(_verbose);
        Named(_folder, "PATH");
        Named(_emulator, "EMULATOR");
        SetAction((parsed, _) => RunAsync(parsed));
    }

    private static void Named(Argument argument, string what) => argument.Validators.Add(r =>
    {
        if (r.Tokens is [{ Value: "" }, ..]) r.AddError($"{what} is empty");
    });

    private async Task<int> RunAsync(ParseResult parsed)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        TextWriter error = parsed.InvocationConfiguration.Error;
        string folder = parsed.GetRequiredValue(_folder);
        Conversation[] conversations;
        try
        {
            IEnumerable<Conversation> all = Directory.Exists(folder)
                ? ConversationFile.LoadFolder(folder)
                : ConversationFile.Load(folder);
            string only = parsed.GetValue(_only) ?? "";
            conversations = [.. all.Where(c => c.FullName.Contains(only, StringComparison.Ordinal))];
        }
        catch (Exception e) when (e is ConversationFormatException or IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"qmp-shell: {e.Message}");
            return ExitStatus.Usage;
        }

        if (conversations.Length == 0)
        {
            error.WriteLine($"qmp-shell: {folder}: there is no such recording");
            return ExitStatus.Usage;
        }

        string[] emulator = parsed.GetRequiredValue(_emulator);
        var replayer = new ConversationReplayer(
            new ProcessTarget(emulator[0], emulator[1..]),
            new ReplayOptions { Time = TimeProvider.System, CompareBytes = parsed.GetValue(_bytes) });
        int passed = 0;
        foreach (Conversation conversation in conversations)
        {
            ReplayResult result = await replayer.ReplayAsync(conversation);
            if (result.Passed) passed++;
            Report(output, conversation, result, parsed.GetValue(_verbose));
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{passed} of {conversations.Length} recordings as recorded"));
        return passed == conversations.Length ? ExitStatus.Success : ExitStatus.Failure;
    }

    private static void Report(TextWriter output, Conversation conversation, ReplayResult result, bool isVerbose)
    {
        if (result.Passed)
        {
            if (isVerbose) output.WriteLine($"same      {conversation}");
            return;
        }

        string what = result.Outcome == ReplayOutcome.NotStarted ? "no start" : "different";
        output.WriteLine($"{what,-9} {conversation}: {result.Detail}");
        if (!isVerbose) return;
        foreach (string line in result.Transcript) output.WriteLine($"    {line}");
    }
}
