using Qapi.Model;
using Qapi.Syntax;

namespace Qapi.Checks;

/// <summary>Reads <c>x-introspect</c>, our extension to members: how introspection shows one under a condition.</summary>
internal static class ShownFormReader
{
    public const string Key = "x-introspect";

    private static readonly string[] If = ["if"];
    private static readonly string[] TypeOptional = ["type", "optional"];

    /// <summary>What a member says of it; null if it says nothing.</summary>
    public static ShownForm? Read(ObjectNode member, Subject subject, Origin origin)
    {
        if (member.Find(Key) is not { } node)
            return null;
        var place = new Subject($"'{Key}' of {subject}");
        if (node is not ObjectNode form)
            throw origin.Error($"{place} must be an object");
        KeyRules.Check(form, place, origin, If, TypeOptional);
        var type = form.Find("type") is { } name ? TypeNameReader.NameOrArray(name, place, origin) : null;
        bool? isOptional = form.Find("optional") switch
        {
            null => null,
            BooleanNode flag => flag.Value,
            _ => throw origin.Error($"'optional' of {place} must be true or false"),
        };
        return new ShownForm(ConditionReader.Read(form, place, origin), type, isOptional);
    }
}
