using Newtonsoft.Json.Linq;

namespace Qmp.Shell.Language;

/// <summary>
/// Collects <c>transaction(</c>, then an action a line, then <c>)</c>: all of them are one command. A line with both
/// ends and one action between is one, too.
/// </summary>
internal sealed class TransactionInput
{
    private const string Opening = "transaction(";
    private const string Closing = ")";

    private readonly List<ArgumentNode> _actions = [];

    /// <summary>Whether a transaction has begun and not ended.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Whether a line begins a transaction.</summary>
    public static bool Begins(string text) => WordScanner.Scan(text) is [{ Text: Opening }, ..];

    /// <summary>Drops what was collected.</summary>
    public void Reset()
    {
        IsOpen = false;
        _actions.Clear();
    }

    /// <summary>Takes a line.</summary>
    /// <returns>The command, once it is complete.</returns>
    /// <exception cref="ShellSyntaxException">The line is not an action; the lines before it are kept.</exception>
    public ParsedCommand? Add(string text)
    {
        List<Word> words = [.. WordScanner.Scan(text)];
        if (!IsOpen)
        {
            IsOpen = true;
            words.RemoveAt(0);
        }

        bool isEnd = words is [.., { Text: Closing }];
        if (isEnd) words.RemoveAt(words.Count - 1);
        if (words.FirstOrDefault(w => w.Text == Closing) is { Text: not null } early)
        {
            throw new ShellSyntaxException($"nothing may follow '{Closing}'", early.End);
        }

        if (words.Count > 0) _actions.Add(ReadAction(words));
        if (!isEnd) return null;
        var arguments = new ObjectNode();
        arguments.Members.Add("actions", new ListNode([.. _actions]));
        Reset();
        return new ParsedCommand("transaction", arguments);
    }

    private static ObjectNode ReadAction(List<Word> words)
    {
        var action = new ObjectNode();
        action.Members.Add("type", new ValueNode(new JValue(words[0].Text)));
        action.Members.Add("data", CommandParser.ReadArguments(words.Skip(1)));
        return action;
    }
}
