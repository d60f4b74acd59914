using System.Text;
using Qmp.Emulator.Control;
using Qmp.Emulator.Options;
using Qmp.Migration.Channels;
using Qmp.Migration.Status;
using Qmp.Protocol.Threading;
using Qmp.Protocol.Visitors;
using Qmp.Server.Dispatch;

namespace Qmp.Emulator.HumanMonitor;

/// <summary>Runs lines of the human monitor, for <c>human-monitor-command</c>.</summary>
internal sealed class HumanMonitorInterpreter
{
    private readonly IReadOnlyList<HumanCommand> _commands;
    private readonly IReadOnlyList<HumanCommand> _infos;

    private readonly CommandWarnings _warnings;

    public HumanMonitorInterpreter(HumanCommands commands, IReadOnlyList<HumanCommand> more, IReadOnlyList<HumanCommand> infos, CommandWarnings warnings, Version version)
    {
        Version = version;
        _warnings = warnings;
        _infos = infos;
        _commands =
        [
            .. commands.All,
            .. more,
            new HumanCommand(["help", "?"], "[cmd]", "show the help", HelpAsync),
            new HumanCommand(["info"], "[subcommand]", "show various information about the system state", _ => default),
        ];
    }

    /// <summary>The release of QEMU that is played.</summary>
    public Version Version { get; }

    /// <summary>Runs one line.</summary>
    /// <returns>What it prints, with <c>\r\n</c> at line ends.</returns>
    public async ValueTask<string> ExecuteAsync(string line)
    {
        string output;
        string warnings;
        _warnings.Begin();
        try
        {
            output = await RunAsync(line).ConfigureAwait(OrderedContext.IsCurrent);
        }
        catch (HumanException e)
        {
            output = e.Message;
        }
        catch (Exception e) when (e is CommandException or MigrationException or ChannelException or VisitorException)
        {
            output = $"Error: {Hints.Explain(e.Message)}\n";
        }
        finally
        {
            warnings = _warnings.End();
        }

        return (warnings + output).Replace("\n", "\r\n", StringComparison.Ordinal);
    }

    /// <summary>What the last word of a line may become.</summary>
    /// <param name="line">The line, up to where somebody types.</param>
    /// <returns>The word as far as it is there, and the words that begin like it.</returns>
    public (string Word, IReadOnlyList<string> Choices) Complete(string line)
    {
        string[] words = line.TrimStart().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (line.Length == 0 || char.IsWhiteSpace(line[^1])) words = [.. words, ""];
        string word = words[^1];
        IEnumerable<HumanCommand> candidates = words switch
        {
            [_] or ["help" or "?", _] => _commands,
            ["info", _] or ["help" or "?", "info", _] => _infos,
            _ => [],
        };
        return (word, [.. candidates.SelectMany(c => c.Names).Where(name => name.StartsWith(word, StringComparison.Ordinal))]);
    }

    private ValueTask<string> RunAsync(string line)
    {
        (string name, int end) = Word(line, 0);
        if (string.IsNullOrWhiteSpace(line)) return new ValueTask<string>("");
        if (name == "info")
        {
            (string topic, int topicEnd) = Word(line, end);
            if (topic.Length == 0) return new ValueTask<string>(List(_infos, "info "));
            HumanCommand info = Find(_infos, topic)
                ?? throw new HumanException($"unknown command: '{line[..topicEnd].TrimStart()}'\n");
            return Run(info, $"info {topic}", line, topicEnd);
        }

        HumanCommand command = Find(_commands, name) ?? throw new HumanException($"unknown command: '{name}'\n");
        return Run(command, name, line, end);
    }

    private static ValueTask<string> Run(HumanCommand command, string name, string line, int end) =>
        command.Run(new HumanArguments(string.Join('|', command.Names), name, line, end));

    private ValueTask<string> HelpAsync(HumanArguments arguments)
    {
        string? name = arguments.OptionalText();
        if (name is null) return new ValueTask<string>(List(_commands, ""));
        if (name == "info")
        {
            string? topic = arguments.OptionalText();
            return new ValueTask<string>(
                topic is null ? List(_infos, "info ")
                : Find(_infos, topic) is { } info ? List([info], "info ")
                : $"unknown command: 'info {topic}'\n");
        }

        return new ValueTask<string>(
            Find(_commands, name) is { } command ? List([command], "") : $"unknown command: '{name}'\n");
    }

    private static string List(IEnumerable<HumanCommand> commands, string prefix)
    {
        var text = new StringBuilder();
        foreach (HumanCommand command in commands.OrderBy(c => c.Names[0], StringComparer.Ordinal))
        {
            text.Append(prefix).AppendJoin('|', command.Names).Append(' ').Append(command.Parameters).Append(" -- ")
                .Append(command.Help).Append('\n');
        }

        return text.ToString();
    }

    private static HumanCommand? Find(IReadOnlyList<HumanCommand> commands, string name) =>
        commands.FirstOrDefault(c => c.Names.Contains(name));

    private static (string Text, int End) Word(string line, int at)
    {
        while (at < line.Length && char.IsWhiteSpace(line[at])) at++;
        int end = at;
        while (end < line.Length && !char.IsWhiteSpace(line[end]) && line[end] != '/') end++;
        return (line[at..end], end);
    }
}
