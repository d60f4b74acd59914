using System.Globalization;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;

namespace Qmp.Simulation.Text;

/// <summary>Reads scenarios as people write them: JSON with comments, commas before a closing bracket, and units.</summary>
public static class ScenarioText
{
    // What is a text, whatever it looks like.
    private static readonly HashSet<string> Texts = new(StringComparer.Ordinal)
    {
        "description", "version", "id", "driver", "execute", "pattern", "trace", "globals", "on", "expect", "clock", "memory-model", "point", "action",
    };

    /// <summary>Reads a text to plain JSON.</summary>
    /// <exception cref="ScenarioException">It is not JSON, or has a unit where none fits.</exception>
    public static JObject Parse(string text)
    {
        try
        {
            using var reader = new QmpJsonReader(Encoding.UTF8.GetBytes(WithoutComments(text)));
            var scenario = JObject.Load(reader);
            Plain(scenario, "");
            return scenario;
        }
        catch (JsonException e)
        {
            throw new ScenarioException(e.Message);
        }
    }

    /// <summary>Makes a number of a text with a unit, or what else it says in JSON; other texts stay.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">The member that it is for.</param>
    /// <exception cref="ScenarioException">The unit does not fit.</exception>
    public static JToken Value(string text, string name)
    {
        if (!Texts.Contains(name) && Quantity.TryParse(text, name, out double value)) return Number(value);
        return text switch
        {
            "true" or "on" => true,
            "false" or "off" => false,
            _ => text,
        };
    }

    private static void Plain(JToken token, string name)
    {
        switch (token)
        {
            case JObject members:
                foreach (JProperty member in members.Properties()) Plain(member.Value, member.Name);
                break;

            case JArray elements:
                foreach (JToken element in elements.ToList()) Plain(element, name);
                break;

            case JValue { Type: JTokenType.String } value when !Texts.Contains(name) && Quantity.TryParse((string)value!, name, out double number):
                value.Replace(Number(number));
                break;
        }
    }

    private static JValue Number(double value) =>
        value == Math.Floor(value) && value < 1e18 ? new JValue((long)value) : value < 100 ? new JValue(value) : new JValue((long)Math.Round(value));

    // Comments become blanks, so that places in messages stay right.
    private static string WithoutComments(string text)
    {
        var plain = new StringBuilder(text);
        int comma = -1; // the last one, if nothing but blanks is behind it
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c is '"' or '\'')
            {
                for (i++; i < text.Length && text[i] != c; i++)
                {
                    if (text[i] == '\\') i++;
                }

                comma = -1;
            }
            else if (c == '#' || (c == '/' && i + 1 < text.Length && text[i + 1] == '/'))
            {
                int end = text.IndexOf('\n', i);
                i = Blank(plain, i, end < 0 ? text.Length : end) - 1;
            }
            else if (c == '/' && i + 1 < text.Length && text[i + 1] == '*')
            {
                int end = text.IndexOf("*/", i + 2, StringComparison.Ordinal);
                if (end < 0) throw new ScenarioException(string.Create(CultureInfo.InvariantCulture, $"A comment does not end that begins at character {i + 1}"));
                i = Blank(plain, i, end + 2) - 1;
            }
            else if (c is '}' or ']' && comma >= 0)
            {
                plain[comma] = ' ';
                comma = -1;
            }
            else if (!char.IsWhiteSpace(c))
            {
                comma = c == ',' ? i : -1;
            }
        }

        return plain.ToString();
    }

    private static int Blank(StringBuilder text, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            if (text[i] != '\n') text[i] = ' ';
        }

        return to;
    }
}
