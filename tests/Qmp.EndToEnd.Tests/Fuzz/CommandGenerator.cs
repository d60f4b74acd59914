using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Qmp.EndToEnd.Tests.Fuzz;

/// <summary>Makes requests from what <c>query-qmp-schema</c> says: mostly right, sometimes wrong in one place.</summary>
/// <remarks>
/// No request starts a program or fills a disk: strings, names of files and sizes come from lists.
/// </remarks>
internal sealed class CommandGenerator
{
    private const int MaxDepth = 6;

    private static readonly long[] Integers =
    [
        0, 1, 2, -1, 3, 10, 100, 255, 256, 1000, 4096, 65535, 65536, 1 << 20, int.MaxValue, int.MinValue, uint.MaxValue,
        1L << 32, 1L << 53, long.MaxValue, long.MinValue,
    ];

    private static readonly long[] SmallSizes = [0, 1, 511, 4096, 65536];

    private static readonly string[] Junk =
    [
        "null", "true", "[]", "{}", "[[]]", "{\"a\": 1}", "0.5", "-0", "18446744073709551615",
        "18446744073709551616", "\"\"", "\"\\u0000\"", "[1, \"a\", null]", "'single'", "\"\\ud83d\\ude00\"",
    ];

    private readonly Dictionary<string, JObject> _types;
    private readonly JObject[] _commands;
    private readonly Random _random;
    private readonly string[] _strings;
    private readonly string[] _files;

    /// <summary>A generator.</summary>
    /// <param name="schema">What <c>query-qmp-schema</c> returns.</param>
    /// <param name="random">Decides.</param>
    /// <param name="folder">Where files and sockets may be.</param>
    public CommandGenerator(JArray schema, Random random, string folder)
    {
        _types = schema.Cast<JObject>().Where(entity => Is(entity, "command") is false && Is(entity, "event") is false)
            .ToDictionary(entity => (string)entity["name"]!);
        _commands = [.. schema.Cast<JObject>().Where(entity => Is(entity, "command"))];
        _random = random;
        _files = [$"{folder}/file", $"{folder}/no/such/file", folder, "", "/dev/fdset/1"];
        _strings =
        [
            "", "x", "nic0", "ram", "main", "globalstate", "compat_monitor0", "on", "64M", "1", "-1", "\u00e4\u6f22",
            "a,b=c", "%s%n", new string('n', 300), $"unix:{folder}/socket", $"unix:{folder}/no/such", "tcp:127.0.0.1:0",
            "tcp:127.0.0.1:1", "tcp:", "fd:x", "fd:99", "rdma:x", "defer", "file:/dev/null", "file:", "nonsense:",
            "info status", "info migrate", "info nothing", "migrate_cancel", "stop", "cont", "help", "127.0.0.1", "0",
        ];
    }

    /// <summary>The next request, in one line.</summary>
    public string Next()
    {
        JObject command = _commands[_random.Next(_commands.Length)];
        string verb = Chance(20) ? "exec-oob" : "execute";
        var members = new List<string> { Member(verb, JsonConvert.ToString((string)command["name"]!)) };
        string arguments = Object((string)command["arg-type"]!, depth: 0);
        if (arguments != "{}" || Chance(2)) members.Add(Member("arguments", arguments));
        if (Chance(2)) members.Add(Member("id", JunkValue()));
        if (Chance(100)) members.Add(Member(Pick(["id2", "arguments", "execute", ""]), JunkValue()));
        return $"{{{string.Join(", ", members)}}}";
    }

    private static bool Is(JObject entity, string metaType) => (string)entity["meta-type"]! == metaType;

    private static string Member(string name, string value) => $"{JsonConvert.ToString(name)}: {value}";

    private string Value(string type, string name, int depth)
    {
        // A size that is wrong may also be huge, and pmemsave writes whatever it is told to, as QEMU does.
        if (name == "size") return Text(SmallSizes[_random.Next(SmallSizes.Length)]);
        if (Chance(20) || depth > MaxDepth) return JunkValue();
        JObject entity = _types[type];
        return (string)entity["meta-type"]! switch
        {
            "builtin" => Builtin((string)entity["json-type"]!, name),
            "enum" => Enum(entity),
            "array" => Array((string)entity["element-type"]!, name, depth),
            "alternate" => Value(MemberType(Pick([.. (JArray)entity["members"]!])), name, depth + 1),
            _ => Object(type, depth + 1),
        };
    }

    private string Object(string type, int depth)
    {
        JObject entity = _types[type];
        var members = new List<string>();
        string? tag = (string?)entity["tag"];
        foreach (JObject member in Members(entity))
        {
            string name = (string)member["name"]!;
            bool optional = member.ContainsKey("default");
            if (optional ? Chance(2) : Chance(40)) continue;
            string value = Value(MemberType(member), name, depth);
            members.Add(Member(name, value));
            if (name != tag) continue;
            string branch = value.Trim('"');
            JToken? variant = ((JArray)entity["variants"]!).FirstOrDefault(v => (string)v["case"]! == branch);
            if (variant is null) continue;
            string inner = Object((string)variant["type"]!, depth + 1)[1..^1];
            if (inner.Length > 0) members.Add(inner);
        }

        if (Chance(40)) members.Add(Member(Pick(["x", "uri", "id", "type", ""]), JunkValue()));
        return $"{{{string.Join(", ", members)}}}";
    }

    private static IEnumerable<JObject> Members(JObject entity) => entity["members"] is JArray members
        ? members.Cast<JObject>()
        : [];

    private static string MemberType(JToken member) => (string)member["type"]!;

    private string Array(string element, string name, int depth)
    {
        int count = Chance(10) ? 20 : _random.Next(4);
        return $"[{string.Join(", ", Enumerable.Range(0, count).Select(_ => Value(element, name, depth + 1)))}]";
    }

    private string Enum(JObject entity) => Chance(20)
        ? JsonConvert.ToString(Pick(_strings))
        : JsonConvert.ToString((string)Pick([.. (JArray)entity["members"]!])["name"]!);

    private string Builtin(string jsonType, string name) => jsonType switch
    {
        "string" => JsonConvert.ToString(Pick(name is "filename" or "path" ? _files : _strings)),
        "int" => Text(Chance(2) ? Integers[_random.Next(Integers.Length)] : _random.Next(2000)),
        "number" => Chance(2) ? "0.25" : Text(_random.Next(100)),
        "boolean" => Chance(2) ? "true" : "false",
        "null" => "null",
        _ => JunkValue(),
    };

    private string JunkValue() => Chance(50)
        ? string.Concat(Enumerable.Repeat("[", 200)) + string.Concat(Enumerable.Repeat("]", 200))
        : Pick(Junk);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    private T Pick<T>(T[] values) => values[_random.Next(values.Length)];
}
