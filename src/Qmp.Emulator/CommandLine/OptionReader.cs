using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Visitors;
using Qmp.Protocol.Visitors.Keyval;

namespace Qmp.Emulator.CommandLine;

/// <summary>Turns an option's argument, <c>key=value,…</c> or JSON, into a value of a schema type.</summary>
internal static class OptionReader
{
    /// <summary>Reads an argument.</summary>
    /// <exception cref="CommandLineException">It does not fit.</exception>
    public static T Read<T>(
        string option, string text, string? impliedKey, ValueReader<T> reader, char sizeSuffix = 'B')
    {
        try
        {
            if (text.StartsWith('{'))
            {
                var json = new JsonInputVisitor();
                json.Reset(ParseJson(text));
                return reader(json, null);
            }

            var keyval = new KeyvalInputVisitor(KeyvalParser.Parse(text, impliedKey))
            {
                DefaultSizeSuffix = sizeSuffix,
            };
            return reader(keyval, null);
        }
        catch (Exception e) when (e is VisitorException or JsonException)
        {
            throw CommandLineException.At(option, text, e.Message);
        }
    }

    /// <summary>Reads an argument's members without a type.</summary>
    /// <exception cref="CommandLineException">It is malformed.</exception>
    public static JObject ReadMembers(string option, string text, string? impliedKey)
    {
        try
        {
            return text.StartsWith('{') ? ParseJson(text) : KeyvalParser.Parse(text, impliedKey);
        }
        catch (Exception e) when (e is VisitorException or JsonException)
        {
            throw CommandLineException.At(option, text, e.Message);
        }
    }

    private static JObject ParseJson(string text)
    {
        using var reader = new QmpJsonReader(System.Text.Encoding.UTF8.GetBytes(text));
        return JObject.Load(reader);
    }
}
