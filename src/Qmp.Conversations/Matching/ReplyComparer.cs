using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Qmp.Conversations.Matching;

/// <summary>Compares a received message with a recorded one.</summary>
/// <param name="texts">What stands for what in recorded texts.</param>
/// <param name="compareBytes">Whether every byte counts: order of members, separators, escapes, numbers.</param>
internal sealed class ReplyComparer(Substitutions texts, bool compareBytes)
{
    /// <summary>How many elements were kept at each end of a long list.</summary>
    private const int KeptElements = 3;

    private readonly MessageMatcher _byValue = new(texts, exactForm: false);
    private readonly MessageMatcher _byForm = new(texts, exactForm: compareBytes);

    /// <summary>What differs, or <see langword="null"/>.</summary>
    /// <param name="step">What was recorded.</param>
    /// <param name="message">What was received.</param>
    /// <param name="pretty">Whether the monitor indents its output.</param>
    public string? Compare(ReceiveStep step, ReceivedMessage message, bool pretty)
    {
        if (step.Message is not { } expected) return CompareRaw(step.Raw!, message.Text, lineEnds: false);
        if (message.Json is not { } received)
        {
            return $"expected {WireText.Show(expected)}, got what is not JSON: {WireText.Shorten(message.Text)}";
        }

        try
        {
            return Compare(step, expected, message, received, pretty);
        }
        catch (InvalidOperationException)
        {
            string got = WireText.Shorten(message.Text);
            return $"expected {WireText.Show(expected)}, got text that is not Unicode: {got}";
        }
    }

    private static bool IsShortened(JsonElement expected, out string? beginning)
    {
        beginning = expected.ValueKind == JsonValueKind.Object
            && expected.TryGetProperty(Tokens.Shortened, out JsonElement text)
            ? text.GetString()
            : null;
        return beginning is not null;
    }

    private static string? CompareForm(string text)
    {
        string usual = WireText.Rewrite(text) + "\r\n";
        return text == usual ? null : $"bytes: expected {WireText.Quote(usual)}, got {WireText.Quote(text)}";
    }

    private static string? CompareBeginning(string beginning, ReceiveStep step, ReceivedMessage message)
    {
        int length = Encoding.UTF8.GetByteCount(message.Text.AsSpan().TrimEnd("\r\n"));
        if (message.Text.StartsWith(beginning, StringComparison.Ordinal) && length == step.Length) return null;
        string expected = string.Create(
            CultureInfo.InvariantCulture, $"expected {step.Length} bytes {WireText.Shorten(beginning)}");
        return string.Create(
            CultureInfo.InvariantCulture, $"{expected}, got {length} bytes {WireText.Shorten(message.Text)}");
    }

    private string? Compare(
        ReceiveStep step, JsonElement expected, ReceivedMessage message, JsonElement received, bool pretty)
    {
        if (IsShortened(expected, out string? beginning)) return CompareBeginning(beginning!, step, message);
        // Where the exact text was kept, it says more about the form than the value does.
        MessageMatcher matcher = step.Raw is null ? _byForm : _byValue;
        Mismatch? mismatch = step.Elements is { } count
            ? CompareEnds(matcher, expected, received, count)
            : matcher.Compare(expected, received);
        if (mismatch is not null) return mismatch.ToString();
        if (!compareBytes) return null;
        if (step.Raw is not null) return CompareRaw(step.Raw, message.Text, lineEnds: true);
        return pretty ? null : CompareForm(message.Text);
    }

    private string? CompareRaw(string expected, string received, bool lineEnds)
    {
        string before = WireText.Normalize(texts.Resolve(expected));
        string now = WireText.Normalize(received);
        bool same = lineEnds ? before == now : before.TrimEnd('\r', '\n') == now.TrimEnd('\r', '\n');
        if (same) return null;
        return lineEnds
            ? $"bytes: expected {WireText.Quote(expected)}, got {WireText.Quote(received)}"
            : $"expected {WireText.Shorten(expected)}, got {WireText.Shorten(received)}";
    }

    private static Mismatch? CompareEnds(
        MessageMatcher matcher, JsonElement expected, JsonElement received, int count)
    {
        if (!received.TryGetProperty("return", out JsonElement list) || list.ValueKind != JsonValueKind.Array)
        {
            return Mismatch.Here($"expected a list, got {WireText.Show(received)}");
        }

        int came = list.GetArrayLength();
        if (came != count)
        {
            return Mismatch.Here(string.Create(CultureInfo.InvariantCulture, $"expected {count} entries, got {came}"));
        }

        IEnumerable<JsonElement> ends = list.EnumerateArray().Take(KeptElements)
            .Concat(list.EnumerateArray().Skip(came - KeptElements));
        int index = 0;
        foreach ((JsonElement one, JsonElement other) in expected.GetProperty("return").EnumerateArray().Zip(ends))
        {
            if (matcher.Compare(one, other) is { } mismatch) return mismatch.InElement(index).InMember("return");
            index++;
        }

        return null;
    }
}
