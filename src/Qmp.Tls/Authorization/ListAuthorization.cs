namespace Qmp.Tls.Authorization;

/// <summary>One line of a list.</summary>
/// <param name="Match">The name, or a pattern of names.</param>
/// <param name="IsPattern">Whether <c>*</c> stands for any letters and <c>?</c> for any one.</param>
/// <param name="Allows">Whether such a peer is let in.</param>
public sealed record AuthorizationRule(string Match, bool IsPattern, bool Allows);

/// <summary>Goes through rules; the first that fits decides.</summary>
/// <param name="rules">The rules.</param>
/// <param name="allowsOthers">What is decided where none fits.</param>
public sealed class ListAuthorization(IReadOnlyList<AuthorizationRule> rules, bool allowsOthers) : TlsAuthorization
{
    /// <inheritdoc/>
    public override bool Allows(string identity)
    {
        foreach (AuthorizationRule rule in rules)
        {
            if (rule.IsPattern ? Fits(rule.Match, identity) : string.Equals(rule.Match, identity, StringComparison.Ordinal)) return rule.Allows;
        }

        return allowsOthers;
    }

    // Goes back to the last star where a letter does not fit: no pattern takes longer than its length times the name's.
    private static bool Fits(string pattern, string name)
    {
        int at = 0;
        int star = -1;
        int resume = 0;
        for (int letter = 0; letter < name.Length;)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                star = at++;
                resume = letter;
            }
            else if (at < pattern.Length && (pattern[at] == '?' || pattern[at] == name[letter]))
            {
                at++;
                letter++;
            }
            else if (star >= 0)
            {
                at = star + 1;
                letter = ++resume;
            }
            else
            {
                return false;
            }
        }

        while (at < pattern.Length && pattern[at] == '*') at++;
        return at == pattern.Length;
    }
}
