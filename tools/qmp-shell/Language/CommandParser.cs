using Newtonsoft.Json.Linq;

namespace Qmp.Shell.Language;

/// <summary>Reads a command: <c>NAME KEY=VALUE ...</c>, <c>NAME {...}</c>, or a whole message.</summary>
internal static class CommandParser
{
    /// <summary>Follows a command that has something to watch.</summary>
    public const string WatchFlag = "--watch";

    /// <summary>Stands before a command that is not to be checked.</summary>
    public const char Unchecked = '!';

    /// <summary>Begins what is for the reader.</summary>
    public const char Comment = '#';

    /// <summary>Whether there is nothing to run.</summary>
    public static bool IsBlank(string text)
    {
        ReadOnlySpan<char> content = text.AsSpan().TrimStart();
        return content.IsEmpty || content[0] == Comment;
    }

    /// <summary>Reads a line, or lines that belong together.</summary>
    /// <exception cref="ShellSyntaxException">The text is not a command.</exception>
    public static ParsedCommand Parse(string text)
    {
        if (text.TrimStart() is [Unchecked, ..]) return ParseUnchecked(text);
        IReadOnlyList<Word> words = WordScanner.Scan(text);
        Word first = words[0];
        if (first.Text[0] == '{')
        {
            RequireEnd(words, 1);
            return ReadMessage(first);
        }

        if (first.EqualSign >= 0) throw new ShellSyntaxException("a command is expected first", first.Start);
        bool isWatched = words.Skip(1).Any(w => w.Text == WatchFlag);
        return new ParsedCommand(first.Text, ReadArguments(words.Skip(1).Where(w => w.Text != WatchFlag)))
        {
            IsWatched = isWatched,
        };
    }

    /// <summary>Reads <c>KEY=VALUE ...</c> or an object.</summary>
    /// <exception cref="ShellSyntaxException">The words are neither arguments nor an object.</exception>
    public static ObjectNode ReadArguments(IEnumerable<Word> source)
    {
        Word[] words = [.. source];
        if (words.Length > 0 && words[0].Text[0] == '{')
        {
            RequireEnd(words, 1);
            return (ObjectNode)ArgumentNode.Of(LiteralReader.Read(words[0].Text, words[0].Start));
        }

        var arguments = new ObjectNode();
        foreach (Word word in words)
        {
            if (word.EqualSign < 0)
            {
                throw new ShellSyntaxException($"KEY=VALUE is expected, not '{word.Text}'", word.Start) { IsForm = true };
            }

            arguments.Add(word.Name, ReadValue(word), word.Start);
        }

        return arguments;
    }

    /// <summary>Reads what stands behind the sign.</summary>
    /// <exception cref="ShellSyntaxException">The value begins like a string, but is not one.</exception>
    public static ArgumentNode ReadValue(Word word)
    {
        string text = word.Value;
        if (text.Length == 0 || text[0] is not ('{' or '[' or '"' or '\'')) return new WordNode(text);
        try
        {
            return ArgumentNode.Of(LiteralReader.Read(text, word.ValueStart));
        }
        catch (ShellSyntaxException e) when (text[0] is '{' or '[')
        {
            // It may be meant as a string, such as [::1]:4444.
            return new WordNode(text, e.Message);
        }
    }

    // A space takes the place of the mark, so that positions stay.
    private static ParsedCommand ParseUnchecked(string text)
    {
        int mark = text.IndexOf(Unchecked, StringComparison.Ordinal);
        string rest = $"{text[..mark]} {text[(mark + 1)..]}";
        if (IsBlank(rest)) throw new ShellSyntaxException("a command is expected behind '!'", mark + 1);
        return Parse(rest) with { IsUnchecked = true };
    }

    private static ParsedCommand ReadMessage(Word word)
    {
        var message = (JObject)LiteralReader.Read(word.Text, word.Start);
        ShellSyntaxException Wrong(string what) => new(what, word.Start);
        foreach (string name in message.Properties().Select(p => p.Name))
        {
            if (name is not ("execute" or "exec-oob" or "arguments" or "id"))
            {
                throw Wrong($"a message has no member '{name}'");
            }
        }

        bool outOfBand = message.ContainsKey("exec-oob");
        if (outOfBand == message.ContainsKey("execute")) throw Wrong("a message needs 'execute' or 'exec-oob'");
        if (message[outOfBand ? "exec-oob" : "execute"] is not JValue { Value: string command })
        {
            throw Wrong("the name of the command is to be a string");
        }

        if ((message["arguments"] ?? new JObject()) is not JObject arguments)
        {
            throw Wrong("'arguments' is to be an object");
        }

        return new ParsedCommand(command, (ObjectNode)ArgumentNode.Of(arguments))
        {
            OutOfBand = outOfBand,
            Id = message["id"],
        };
    }

    private static void RequireEnd(IReadOnlyList<Word> words, int count)
    {
        if (words.Count > count)
        {
            throw new ShellSyntaxException("nothing may follow the object", words[count].Start);
        }
    }
}
