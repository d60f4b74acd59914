using System.Text;

namespace Qapi.Tests.Generators;

/// <summary>
/// Makes schemas whose names are chosen to clash: with C#'s keywords, with what every object has, with the libraries
/// that generated code uses, with generated names, and with one another.
/// </summary>
internal sealed class RandomSchema(Random random)
{
    private static readonly string[] Types =
    [
        "Value", "Extension", "Branch", "Unrecognized", "WireName", "JToken", "JObject", "Task", "ValueTask", "System",
        "Object", "String", "Int32", "Equals", "Type", "Attribute", "Exception", "QEmpty", "QNull", "ValueEquality",
        "ValueCopy", "Support", "ApiSupport", "RootSchema", "RootClient", "IRootCommands", "RootEvents", "RootRpc",
        "Foo", "FooVisitor", "FooArguments", "FooEvent", "FooExtensions", "FooNames", "Nullable", "CancellationToken",
        "Func", "Record", "x-Foo", "XFoo", "__Org.Example_Foo", "OrgExampleFoo", "Generic", "Visitors", "Messages",
        "Dispatch", "InputVisitor", "OutputVisitor", "CommandResult", "Obsolete", "Experimental", "Root", "Sample",
        "Api", "Json", "Newtonsoft", "Qmp", "Global",
    ];

    private static readonly string[] Members =
    [
        "value", "extension", "class", "event", "namespace", "equals", "get-hash-code", "get-type", "to-string",
        "memberwise-clone", "finalize", "base", "this", "int", "string", "print-members", "equality-contract",
        "deconstruct", "clone", "a", "aB", "a-b", "a-B", "x", "name", "visitor", "unknown", "list", "item", "type",
        "result", "data", "arguments", "cancellation-token", "foo", "FOO", "foo-bar", "fooBar", "text", "branch",
        "kind", "required", "record", "field", "var", "await", "unrecognized", "wire-name", "x-foo", "__org.example_y",
        "deep-clone", "copy", "read", "write", "names", "publisher", "target", "r2", "r-2",
    ];

    private static readonly string[] Values =
    [
        "1", "2-3", "10", "1-0", "none", "null", "on", "unrecognized", "Unrecognized", "equals", "to-string", "value",
        "foo-bar", "fooBar", "class", "x86_64", "UUID", "uuid", "__org.example_z", "get-type",
    ];

    private static readonly string[] Commands =
    [
        "foo", "foo-bar", "fooBar", "equals", "get-type", "to-string", "await", "x-foo", "execute", "finalize", "type",
        "memberwise-clone", "__org.example_go", "root", "a",
    ];

    private static readonly string[] Events =
    [
        "FOO", "FOO_BAR", "EQUALS", "GET_TYPE", "TO_STRING", "FINALIZE", "X", "ROOT", "__ORG.EXAMPLE_E", "TYPE", "DATA",
    ];

    private static readonly string[] Builtins =
    [
        "str", "number", "int", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "size", "bool",
        "any", "null", "QType",
    ];

    private static readonly string[] Conditions =
        ["'CONFIG_ON'", "'CONFIG_OFF'", "{ 'not': 'CONFIG_OFF' }", "{ 'any': [ 'CONFIG_ON', 'CONFIG_OFF' ] }"];

    private readonly List<string> _enums = [];
    private readonly List<string> _structs = [];
    private readonly List<string> _others = [];
    private readonly StringBuilder _text = new();

    /// <summary>The text of a schema; some are wrong.</summary>
    public string Text()
    {
        var names = Types.OrderBy(_ => random.Next()).Take(random.Next(4, 14)).ToList();
        Deal(names);
        var all = string.Join(", ", names.Select(name => $"'{name}'"));
        var commands = Commands.OrderBy(_ => random.Next()).Take(random.Next(1, 6)).ToList();
        _text.Append($"{{ 'pragma': {{ 'member-name-exceptions': [ {all} ], 'command-returns-exceptions': [ "
            + $"{string.Join(", ", commands.Select(name => $"'{name}'"))} ] }} }}\n");
        foreach (var name in _enums)
            _text.Append($"{{ 'enum': '{name}', 'data': [ {Pick(Values, 1, 7, value => Value(value))} ] }}\n");
        foreach (var name in _structs)
            _text.Append($"{{ 'struct': '{name}', 'data': {{ {MemberList(0, 8)} }}{EntityFeature(special: false)} }}\n");
        foreach (var name in _others)
        {
            if (random.Next(2) == 0)
                Union(name);
            else
                Alternate(name);
        }
        foreach (var name in commands.Where(name => name.ToLowerInvariant() == name))
            Command(name);
        foreach (var name in Events.OrderBy(_ => random.Next()).Take(random.Next(4)))
            _text.Append($"{{ 'event': '{name}'{Arguments(boxed: false)}{EntityFeature(special: true)} }}\n");
        return _text.ToString();
    }

    private void Deal(List<string> names)
    {
        for (var i = 0; i < names.Count; i++)
            (i switch { 0 => _enums, 1 => _structs, _ => One<List<string>>([_enums, _structs, _structs, _others]) }).Add(names[i]);
    }

    private void Union(string name)
    {
        var tag = One(Members);
        var branches = _structs.Concat(_others).OrderBy(_ => random.Next()).Take(random.Next(4));
        var cases = branches.Zip(Values.OrderBy(_ => random.Next()),
            (type, value) => random.Next(3) == 0 && Conditional() is { Length: > 0 } condition
                ? $"'{value}': {{ 'type': '{type}'{condition} }}"
                : $"'{value}': '{type}'");
        _text.Append($"{{ 'union': '{name}', 'base': {{ '{tag}': '{One(_enums)}', {MemberList(1, 3)} }}, "
            + $"'discriminator': '{tag}', 'data': {{ {string.Join(", ", cases)} }} }}\n");
    }

    private void Alternate(string name)
    {
        string[] text = random.Next(3) == 0 ? ["str"] : random.Next(2) == 0 ? [One(_enums)] : ["bool", "number"];
        var types = text.Select(type => $"'{type}'")
            .Concat(((string[])["'null'", $"[ '{One(_structs)}' ]", $"'{One(_structs)}'"]).Where(_ => random.Next(2) == 0));
        var branches = types.Zip(Members.Where(member => member.ToLowerInvariant() == member && !member.Contains('_'))
            .OrderBy(_ => random.Next()), (type, member) => $"'{member}': {type}");
        _text.Append($"{{ 'alternate': '{name}', 'data': {{ {string.Join(", ", branches)} }} }}\n");
    }

    private void Command(string name)
    {
        var flags = new StringBuilder();
        foreach (var flag in (string[])["'allow-oob': true", "'allow-preconfig': true", "'success-response': false", "'gen': false"])
        {
            if (random.Next(6) == 0)
                flags.Append(", ").Append(flag);
        }
        var returns = random.Next(3) == 0 ? "" : $", 'returns': {TypeName()}";
        _text.Append($"{{ 'command': '{name}'{Arguments(random.Next(4) == 0)}{returns}{flags}{EntityFeature(special: true)} }}\n");
    }

    private string Arguments(bool boxed) => random.Next(4) switch
    {
        _ when boxed => $", 'data': '{One<string>([.. _structs, .. _others])}', 'boxed': true",
        0 => "",
        1 => $", 'data': '{One(_structs)}'",
        _ => $", 'data': {{ {Pick(Members.Where(member => member.ToLowerInvariant() == member), 0, 5, member => Member(member, conditions: false))} }}",
    };

    private string MemberList(int least, int most) => Pick(Members, least, most, member => Member(member, conditions: true));

    private string Member(string name, bool conditions)
    {
        var optional = random.Next(2) == 0 ? "*" : "";
        var condition = conditions ? Conditional() : "";
        var features = EntityFeature(special: true);
        return condition.Length + features.Length == 0
            ? $"'{optional}{name}': {TypeName()}"
            : $"'{optional}{name}': {{ 'type': {TypeName()}{condition}{features} }}";
    }

    private string Value(string name) => $"{{ 'name': '{name}'{Conditional()}{EntityFeature(special: true)} }}";

    private string Conditional() => random.Next(8) == 0 ? $", 'if': {One(Conditions)}" : "";

    private string EntityFeature(bool special) => random.Next(8) == 0
        ? $", 'features': [ '{(special ? One<string>(["deprecated", "unstable", "other"]) : "other")}' ]"
        : "";

    private string TypeName()
    {
        var name = random.Next(3) == 0 ? One(Builtins) : One<string>([.. _enums, .. _structs, .. _others]);
        return random.Next(4) == 0 ? $"[ '{name}' ]" : $"'{name}'";
    }

    private string Pick(IEnumerable<string> from, int least, int most, Func<string, string> write) =>
        string.Join(", ", from.OrderBy(_ => random.Next()).Take(random.Next(least, most)).Select(write));

    private T One<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
