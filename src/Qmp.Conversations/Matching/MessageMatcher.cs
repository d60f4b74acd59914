using System.Globalization;
using System.Text.Json;

namespace Qmp.Conversations.Matching;

/// <summary>Compares a received value with a recorded one that has tokens in it.</summary>
/// <param name="texts">What stands for what in recorded texts.</param>
/// <param name="exactForm">Whether the order of members and the form of integers are compared, too.</param>
internal sealed class MessageMatcher(Substitutions texts, bool exactForm)
{
    /// <summary>Ports above this were chosen by the kernel.</summary>
    private const int LastFixedPort = 1024;

    /// <summary>The first difference, or <see langword="null"/>.</summary>
    public Mismatch? Compare(JsonElement expected, JsonElement received) => expected.ValueKind switch
    {
        JsonValueKind.Object => CompareObject(expected, received),
        JsonValueKind.Array => CompareArray(expected, received),
        JsonValueKind.String => CompareString(texts.Resolve(expected.GetString()!), received),
        JsonValueKind.Number => CompareNumber(expected, received),
        _ => expected.ValueKind == received.ValueKind ? null : Different(expected, received),
    };

    /// <summary>Whether the port of this address was chosen by the kernel, and so differs each time.</summary>
    public static bool HasEphemeralPort(JsonElement address) =>
        IsText(address, "type", out string? type) && type == "inet"
        && IsText(address, "port", out string? port)
        && int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        && number > LastFixedPort;

    private static bool IsText(JsonElement value, string name, out string? text)
    {
        bool found = value.TryGetProperty(name, out JsonElement member) && member.ValueKind == JsonValueKind.String;
        text = found ? member.GetString() : null;
        return found;
    }

    private static Mismatch Different(JsonElement expected, JsonElement received) =>
        Mismatch.Here($"expected {WireText.Show(expected)}, got {WireText.Show(received)}");

    private static bool IsNumber(JsonElement value) => value.ValueKind == JsonValueKind.Number;

    private static bool IsInteger(JsonElement value, string name) =>
        value.TryGetProperty(name, out JsonElement member) && IsNumber(member) && Numbers.IsInteger(member);

    private static bool IsTimestamp(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.GetPropertyCount() == 2
        && IsInteger(value, "seconds") && IsInteger(value, "microseconds");

    private static bool IsVersion(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.GetPropertyCount() == 2
        && IsText(value, "package", out _)
        && value.TryGetProperty("qemu", out JsonElement triple)
        && triple.ValueKind == JsonValueKind.Object && triple.GetPropertyCount() == 3
        && IsInteger(triple, "major") && IsInteger(triple, "minor") && IsInteger(triple, "micro");

    // Threads register in any order.
    private static bool IsThread(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object
        && value.TryGetProperty("thread-id", out _) && value.TryGetProperty("name", out _);

    private static IEnumerable<JsonElement> ByName(IEnumerable<JsonElement> threads) =>
        threads.OrderBy(t => t.GetProperty("name").ToString(), StringComparer.Ordinal);

    private static Mismatch? CompareString(string expected, JsonElement received)
    {
        (bool matches, string what) = expected switch
        {
            Tokens.Anything => (true, ""),
            Tokens.Number => (IsNumber(received), "a number"),
            Tokens.NonZero => (IsNumber(received) && received.GetDouble() != 0, "a number other than 0"),
            Tokens.Timestamp => (IsTimestamp(received), "a timestamp"),
            Tokens.Version => (IsVersion(received), "a version object"),
            _ => (
                received.ValueKind == JsonValueKind.String && received.GetString() == expected,
                WireText.Shorten(expected)),
        };
        return matches ? null : Mismatch.Here($"expected {what}, got {WireText.Show(received)}");
    }

    private Mismatch? CompareNumber(JsonElement expected, JsonElement received)
    {
        if (!IsNumber(received) || !Numbers.AreEqual(expected, received)) return Different(expected, received);
        bool sameForm = !Numbers.IsInteger(expected) || expected.GetRawText() == received.GetRawText();
        return sameForm || !exactForm ? null : Different(expected, received);
    }

    private Mismatch? CompareObject(JsonElement expected, JsonElement received)
    {
        if (IsStandIn(expected, received, out Mismatch? standIn)) return standIn;
        if (received.ValueKind != JsonValueKind.Object) return Different(expected, received);
        bool anyPort = HasEphemeralPort(expected) && HasEphemeralPort(received);
        foreach (JsonProperty member in expected.EnumerateObject())
        {
            string name = texts.Resolve(member.Name);
            if (!received.TryGetProperty(name, out JsonElement value))
            {
                string wanted = WireText.Show(member.Value);
                return Mismatch.Here(
                    $"member '{name}' is missing (expected {wanted}); got {WireText.Show(received)}");
            }

            if (anyPort && name == "port") continue;
            if (Compare(member.Value, value) is { } mismatch) return mismatch.InMember(name);
        }

        string[] expectedNames = [.. expected.EnumerateObject().Select(m => texts.Resolve(m.Name))];
        string[] receivedNames = [.. received.EnumerateObject().Select(m => m.Name)];
        string? extra = receivedNames.Except(expectedNames).FirstOrDefault();
        if (extra is not null)
        {
            return Mismatch.Here($"unexpected member '{extra}': {WireText.Show(received.GetProperty(extra))}");
        }

        return exactForm && !expectedNames.SequenceEqual(receivedNames)
            ? Mismatch.Here(
                $"member order: expected {string.Join(", ", expectedNames)}, got {string.Join(", ", receivedNames)}")
            : null;
    }

    /// <summary>Compares with an object that stands for something else than itself.</summary>
    private bool IsStandIn(JsonElement expected, JsonElement received, out Mismatch? mismatch)
    {
        mismatch = null;
        if (expected.TryGetProperty(Tokens.OneOf, out JsonElement choices))
        {
            if (!choices.EnumerateArray().Any(choice => Compare(choice, received) is null))
            {
                mismatch = Mismatch.Here($"expected one of {WireText.Show(choices)}, got {WireText.Show(received)}");
            }

            return true;
        }

        if (!expected.TryGetProperty(Tokens.Repeat, out JsonElement repeat)) return false;
        string text = string.Concat(Enumerable.Repeat(repeat[0].GetString()!, repeat[1].GetInt32()));
        if (received.ValueKind != JsonValueKind.String || received.GetString() != text)
        {
            mismatch = Mismatch.Here($"repeated text differs: got {WireText.Show(received)}");
        }

        return true;
    }

    private Mismatch? CompareArray(JsonElement expected, JsonElement received)
    {
        if (received.ValueKind != JsonValueKind.Array) return Different(expected, received);
        IEnumerable<JsonElement> expectedItems = expected.EnumerateArray();
        IEnumerable<JsonElement> receivedItems = received.EnumerateArray();
        int count = expected.GetArrayLength();
        if (count > 0 && expectedItems.All(IsThread) && receivedItems.All(IsThread))
        {
            expectedItems = ByName(expectedItems);
            receivedItems = ByName(receivedItems);
        }

        int index = 0;
        foreach ((JsonElement one, JsonElement other) in expectedItems.Zip(receivedItems))
        {
            if (Compare(one, other) is { } mismatch) return mismatch.InElement(index);
            index++;
        }

        int came = received.GetArrayLength();
        if (came == count) return null;
        string which = came > count
            ? $"first extra: {WireText.Show(received[count])}"
            : $"first missing: {WireText.Show(expected[came])}";
        return Mismatch.Here(
            string.Create(CultureInfo.InvariantCulture, $"expected {count} elements, got {came}; {which}"));
    }
}
