using Qapi.Model;

namespace Qapi.Emit;

/// <summary>
/// The forms that a schema can have when a program starts, one for each setting of its switches. Variant N has switch K
/// on if bit K of N is set.
/// </summary>
internal sealed class SchemaVariants
{
    /// <summary>How many switches there may be: a thing has a bit for each variant.</summary>
    public const int MostSwitches = 4;

    private readonly List<ISet<string>> _defined = [];

    public SchemaVariants(IEnumerable<string> conditions, IReadOnlyList<string> switches)
    {
        for (var variant = 0; variant < 1 << switches.Count; variant++)
        {
            var index = variant;
            _defined.Add(new HashSet<string>(
                conditions.Except(switches).Concat(switches.Where((_, bit) => (index >> bit & 1) != 0))));
        }
    }

    /// <summary>The symbols that are defined in each.</summary>
    public IReadOnlyList<ISet<string>> Defined => _defined;

    /// <summary>The bits of all variants.</summary>
    public int All => (1 << _defined.Count) - 1;

    /// <summary>The bits of the variants in which a condition holds.</summary>
    public int Where(Condition condition)
    {
        if (!condition.IsPresent)
            return All;
        var bits = 0;
        for (var variant = 0; variant < _defined.Count; variant++)
        {
            if (condition.Holds(_defined[variant]))
                bits |= 1 << variant;
        }
        return bits;
    }

    /// <summary>Whether a condition holds in some variant.</summary>
    public bool CanHold(Condition condition) => Where(condition) != 0;
}
