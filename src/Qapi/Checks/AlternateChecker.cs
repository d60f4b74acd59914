using Qapi.Model;

namespace Qapi.Checks;

/// <summary>Checks that the branches of an alternate can be told apart (qapi-code-gen, "Alternate types").</summary>
internal sealed class AlternateChecker(TypeResolver types, AlternateType alternate)
{
    private readonly Dictionary<WireKind, string> _taken = [];

    public void Check()
    {
        var origin = alternate.Origin!;
        CommonChecks.Features(alternate);
        foreach (var branch in alternate.Branches)
            types.Resolve(branch.Reference, origin, branch);
        var clashes = new MemberClashes(origin);
        foreach (var branch in alternate.Branches)
        {
            clashes.Add(branch);
            if (branch.Type.Kind == WireKind.Any)
                throw origin.Error($"{Describe.Member(branch, origin)} cannot use {branch.Type.Description}");
            foreach (var kind in KindsOf(branch.Type))
            {
                if (_taken.TryGetValue(kind, out var other))
                    throw origin.Error(
                        $"{Describe.Member(branch, origin)} can't be distinguished from '{other}'");
                _taken.Add(kind, branch.Name);
            }
        }
    }

    /// <summary>The type's own kind, and those whose text on a command line could be meant for it.</summary>
    private static IEnumerable<WireKind> KindsOf(SchemaType type)
    {
        yield return type.Kind;
        if (type.Kind != WireKind.String)
            yield break;
        var values = (type as EnumType)?.Values;
        if (values is null || values.Any(value => value.Name is "on" or "off"))
            yield return WireKind.Boolean;
        if (values is null || values.Any(value => value.Name[0] is >= '0' and <= '9' or '-' or '+' or '.'))
            yield return WireKind.Number;
    }
}
