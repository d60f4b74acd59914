using Newtonsoft.Json.Linq;
using Qmp.Shell.Language;

namespace Qmp.Shell.Schema;

/// <summary>What a word means without quotes.</summary>
internal static class WordMeaning
{
    /// <summary>What it means where nothing is known: a number, true or false, else a string.</summary>
    public static JValue Guess(string word) =>
        NumberWord.TryReadInteger(word) ?? ReadLogical(word) ?? new JValue(word);

    /// <summary>What it means as a value of a JSON type; <see langword="null"/> if it is none.</summary>
    public static JValue? As(string jsonType, string word) => jsonType switch
    {
        "string" => new JValue(word),
        "int" => NumberWord.TryReadSize(word),
        "number" => NumberWord.TryRead(word),
        "boolean" => ReadLogical(word) ?? word switch
        {
            "on" or "yes" => new JValue(true),
            "off" or "no" => new JValue(false),
            _ => null,
        },
        "null" => word is "null" or "None" ? JValue.CreateNull() : null,
        _ => Guess(word),
    };

    private static JValue? ReadLogical(string word) =>
        word.Equals("true", StringComparison.OrdinalIgnoreCase) ? new JValue(true)
        : word.Equals("false", StringComparison.OrdinalIgnoreCase) ? new JValue(false)
        : null;
}
