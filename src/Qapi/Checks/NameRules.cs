namespace Qapi.Checks;

/// <summary>
/// How things may be called (qapi-code-gen, "Naming rules and reserved names"). The general rule looks at all of a
/// name, the others at its stem: what follows a downstream prefix and an x-.
/// </summary>
internal static class NameRules
{
    public static void CheckType(string name, Origin origin)
    {
        var stem = Stem(name, new Subject(origin.Meta), origin);
        if (!IsCamelCase(name, stem))
            throw origin.Error($"name of {origin.Meta} must use CamelCase");
        if (name.EndsWith("List", StringComparison.Ordinal))
            throw origin.Error($"{origin.Meta} name should not end in 'List'");
    }

    public static void CheckEvent(string name, Origin origin)
    {
        var stem = Stem(name, new Subject(origin.Meta), origin);
        if (Any(name, stem, c => IsLower(c) || c == '-'))
            throw origin.Error($"name of {origin.Meta} must not use lowercase or '-'");
    }

    public static void CheckLower(string name, Subject subject, Origin origin, bool permitUpper = false,
        bool permitUnderscore = false)
    {
        var stem = Stem(name, subject, origin);
        if (Any(name, stem, c => IsUpper(c) && !permitUpper || c == '_' && !permitUnderscore))
            throw origin.Error($"name of {subject} must not use uppercase or '_'");
    }

    /// <summary>An enum value; other than elsewhere, its first character may be a digit.</summary>
    public static void CheckEnumValue(string name, Subject subject, Origin origin, bool permitAnyCase) =>
        CheckLower(name.Length > 0 && IsDigit(name[0]) ? "d" + name : name, subject, origin, permitAnyCase,
            permitAnyCase);

    /// <summary>Names that generated C code needs for itself.</summary>
    public static bool IsReservedMember(string name) =>
        name == "u" || name.StartsWith("has_", StringComparison.Ordinal)
        || name.StartsWith("has-", StringComparison.Ordinal);

    /// <summary>The form in which two names must differ: all but letters, digits and <c>_</c> are one.</summary>
    public static string Flatten(string name)
    {
        if (name.All(IsWordCharacter))
            return name;
        return new string([.. name.Select(c => IsWordCharacter(c) ? c : '_')]);
    }

    /// <summary>Checks the general rule; the result is where the stem starts.</summary>
    private static int Stem(string name, Subject subject, Origin origin)
    {
        var stem = FindStem(name);
        if (stem < 0 || Flatten(name).StartsWith("q_", StringComparison.Ordinal))
            throw origin.Error($"{subject} has an invalid name");
        return stem;
    }

    private static int FindStem(string name)
    {
        var start = 0;
        if (name.StartsWith("__", StringComparison.Ordinal))
        {
            var end = name.IndexOf('_', 2);
            if (end <= 2)
                return -1;
            for (var i = 2; i < end; i++)
            {
                if (!IsWordCharacter(name[i]) && name[i] is not ('.' or '-'))
                    return -1;
            }
            start = end + 1;
        }
        if (!IsLetterFirst(name, start))
            return -1;
        for (var i = start; i < name.Length; i++)
        {
            if (!IsWordCharacter(name[i]) && name[i] != '-')
                return -1;
        }
        // An x- is split off only if a stem remains.
        var hasX = name[start] is 'x' or 'X' && start + 1 < name.Length && name[start + 1] == '-';
        return hasX && IsLetterFirst(name, start + 2) ? start + 2 : start;
    }

    private static bool IsLetterFirst(string name, int start) =>
        start < name.Length && (IsLower(name[start]) || IsUpper(name[start]));

    /// <summary>An uppercase letter, then letters and digits with at least one lowercase letter among them.</summary>
    private static bool IsCamelCase(string name, int stem) =>
        IsUpper(name[stem]) && Any(name, stem, IsLower) && !Any(name, stem, c => c is '_' or '-');

    private static bool Any(string name, int start, Func<char, bool> test)
    {
        for (var i = start; i < name.Length; i++)
        {
            if (test(name[i]))
                return true;
        }
        return false;
    }

    private static bool IsWordCharacter(char c) => IsLower(c) || IsUpper(c) || IsDigit(c) || c == '_';

    private static bool IsLower(char c) => c is >= 'a' and <= 'z';

    private static bool IsUpper(char c) => c is >= 'A' and <= 'Z';

    private static bool IsDigit(char c) => c is >= '0' and <= '9';
}
