namespace Qmp.Shell.Schema;

/// <summary>Guesses what somebody meant.</summary>
internal static class Suggestion
{
    /// <summary><c>; did you mean 'x'?</c>, or nothing if no name is close.</summary>
    public static string For(string typed, IEnumerable<string> names)
    {
        int limit = Math.Max(1, typed.Length / 3);
        string? best = names
            .Select(name => (Name: name, Distance: Distance(typed, name)))
            .Where(n => n.Distance <= limit)
            .OrderBy(n => n.Distance)
            .ThenByDescending(n => n.Name.StartsWith(typed, StringComparison.Ordinal))
            .Select(n => n.Name)
            .FirstOrDefault();
        return best is null ? "" : $"; did you mean '{best}'?";
    }

    /// <summary>How many characters have to be changed, added, removed, or swapped with the next one.</summary>
    private static int Distance(string one, string other)
    {
        if (Math.Abs(one.Length - other.Length) > Math.Max(1, one.Length / 3)) return int.MaxValue;
        int[,] cost = new int[one.Length + 1, other.Length + 1];
        for (int i = 0; i <= one.Length; i++) cost[i, 0] = i;
        for (int j = 0; j <= other.Length; j++) cost[0, j] = j;
        for (int i = 1; i <= one.Length; i++)
        {
            for (int j = 1; j <= other.Length; j++)
            {
                // Names are written with '-' or '_', and nobody remembers which.
                bool same = one[i - 1] == other[j - 1] || (one[i - 1] is '-' or '_' && other[j - 1] is '-' or '_');
                cost[i, j] = Math.Min(
                    Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1, cost[i - 1, j - 1] + (same ? 0 : 1));
                bool swapped = i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
                if (swapped) cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }

        return cost[one.Length, other.Length];
    }
}
