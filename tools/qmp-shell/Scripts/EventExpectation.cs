using System.Globalization;
using Newtonsoft.Json.Linq;
using Qmp.Client;
using Qmp.Shell.Language;
using Qmp.Shell.Schema;

namespace Qmp.Shell.Scripts;

/// <summary>A line <c>expect EVENT [KEY=VALUE ...] [TIMEOUT]</c>.</summary>
/// <param name="Event">The event's name.</param>
/// <param name="Data">What its data must have, among others.</param>
/// <param name="Timeout">How long to wait.</param>
internal sealed record EventExpectation(string Event, ObjectNode Data, TimeSpan Timeout)
{
    public const string Keyword = "expect";

    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Reads the line.</summary>
    /// <param name="words">Its words, without the first.</param>
    /// <param name="schema">The events that the server has, if it tells.</param>
    /// <exception cref="ShellInputException">
    /// The line is not an expectation, or the server has no such event, or none with such data.
    /// </exception>
    public static EventExpectation Parse(IReadOnlyList<Word> words, LiveSchema? schema)
    {
        if (words.Count == 0) throw new ShellInputException("expect: the name of an event is missing");
        string name = words[0].Text;
        SchemaEvent? known = schema?.FindEvent(name);
        if (schema is not null && known is null)
        {
            throw new ShellInputException(
                $"expect: the server has no event '{name}'{Suggestion.For(name, schema.Events)}");
        }

        TimeSpan timeout = DefaultTimeout;
        IEnumerable<Word> rest = words.Skip(1);
        if (words.Count > 1 && words[^1].EqualSign < 0)
        {
            timeout = ReadTime(words[^1].Text)
                ?? throw new ShellInputException($"expect: '{words[^1].Text}' is no time, such as 5, 5s or 500ms");
            rest = rest.SkipLast(1);
        }

        ObjectNode data = CommandParser.ReadArguments(rest);
        return new(name, schema is null || known is null ? data : new EventDataBinder(schema).Bind(known, data), timeout);
    }

    /// <summary>Waits for the event, among those that nobody has waited for.</summary>
    /// <exception cref="ScriptException">The event did not come in time.</exception>
    public async Task<QmpEvent> WaitAsync(EventSubscription events)
    {
        using var limit = new CancellationTokenSource(Timeout);
        var others = new List<string>();
        try
        {
            while (true)
            {
                QmpEvent value = await events.ReadAsync(limit.Token);
                if (value.LostBefore > 0) throw new ScriptException($"{value.LostBefore} events were lost");
                if (value.Name == Event && Matches(Data, value.Data)) return value;
                others.Add(value.Name);
            }
        }
        catch (OperationCanceledException)
        {
            throw new ScriptException($"{Describe()} did not come within {Show(Timeout)}{Instead(others)}");
        }
        catch (QmpDisconnectedException e)
        {
            throw new ScriptException($"{Describe()} did not come: {e.Message}{Instead(others)}");
        }
    }

    private static TimeSpan? ReadTime(string text)
    {
        bool isMilliseconds = text.EndsWith("ms", StringComparison.Ordinal);
        string number = isMilliseconds ? text[..^2] : text.TrimEnd('s');
        const NumberStyles Style = NumberStyles.AllowDecimalPoint;
        if (!double.TryParse(number, Style, CultureInfo.InvariantCulture, out double value)) return null;
        // What a timer takes.
        double milliseconds = isMilliseconds ? value : value * 1000;
        return milliseconds <= int.MaxValue ? TimeSpan.FromMilliseconds(milliseconds) : null;
    }

    private static bool Matches(ArgumentNode expected, JToken? actual) => expected switch
    {
        ObjectNode members => members.Members.All(m =>
            actual is JObject data && data[m.Key] is { } value && Matches(m.Value, value)),
        WordNode word => actual is JValue value && MatchesWord(word.Text, value),
        _ => JToken.DeepEquals(ArgumentBinder.Guess(expected), actual),
    };

    private static bool MatchesWord(string word, JValue value) => value.Type == JTokenType.String
        ? (string?)value == word
        : JToken.DeepEquals(WordMeaning.Guess(word), value);

    private static string Instead(List<string> others) =>
        others.Count == 0 ? "" : $"; came instead: {string.Join(", ", others.TakeLast(8))}";

    private static string Show(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");

    private string Describe() => Data.Members.Count == 0
        ? Event
        : $"{Event} with {ArgumentBinder.Guess(Data).ToString(Newtonsoft.Json.Formatting.None)}";
}
