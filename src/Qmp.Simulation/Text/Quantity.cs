using System.Globalization;
using System.Text.RegularExpressions;

namespace Qmp.Simulation.Text;

/// <summary>Numbers as people write them: <c>64G</c>, <c>10Gbit</c>, <c>800MB/s</c>, <c>300ms</c>, <c>40%</c>.</summary>
/// <remarks>
/// K, M, G and T alone, as in QEMU's options, and KiB, MiB … are powers of 1024. kB, MB, GB … and bits are powers of 1000.
/// A rate may end in <c>/s</c>, or in <c>ps</c> as in <c>Gbps</c>.
/// </remarks>
public static partial class Quantity
{
    private static readonly Dictionary<string, double> Factors = MakeFactors();

    private static readonly Dictionary<string, double> Nanoseconds = new(StringComparer.Ordinal)
    {
        ["ns"] = 1, ["us"] = 1e3, ["µs"] = 1e3, ["ms"] = 1e6, ["s"] = 1e9, ["min"] = 60e9, ["h"] = 3600e9,
    };

    /// <summary>Reads a number with a unit.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">The name of the member that it is for, whose end may say its unit: <c>-ms</c>, <c>-us</c>.</param>
    /// <param name="value">The number in the unit of the member: bytes, bytes a second, or a time.</param>
    /// <returns>Whether it is one.</returns>
    /// <exception cref="ScenarioException">The unit does not fit the member.</exception>
    public static bool TryParse(string text, string name, out double value)
    {
        value = 0;
        Match match = Form().Match(text);
        if (!match.Success) return false;
        double number = double.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture);
        string unit = match.Groups["unit"].Value;
        double? time = TimeUnitOf(name);
        if (Nanoseconds.TryGetValue(unit, out double nanoseconds))
        {
            value = number * nanoseconds / (time ?? throw new ScenarioException($"Parameter '{name}' expects no time, and '{text}' is one"));
            return true;
        }

        if (unit is "" or "%")
        {
            value = number;
            return true;
        }

        if (!Factors.TryGetValue(unit, out double factor)) return false;
        if (time is not null) throw new ScenarioException($"Parameter '{name}' expects a time, and '{text}' is none");
        value = number * factor;
        return true;
    }

    // Nanoseconds of the unit that a member is in; nothing if it is no time.
    private static double? TimeUnitOf(string name) =>
        name.EndsWith("-ms", StringComparison.Ordinal) || name is "downtime-limit" ? 1e6
        : name.EndsWith("-us", StringComparison.Ordinal) ? 1e3
        : name is "vcpu-dirty-limit-period" or "x-vcpu-dirty-limit-period" ? 1e6 : null;

    private static Dictionary<string, double> MakeFactors()
    {
        var factors = new Dictionary<string, double>(StringComparer.Ordinal) { ["B"] = 1 };
        double binary = 1;
        double decimalFactor = 1;
        foreach (string prefix in new[] { "K", "M", "G", "T", "P" })
        {
            binary *= 1024;
            decimalFactor *= 1000;
            factors[prefix] = factors[prefix + "iB"] = binary;
            factors[prefix + "B"] = decimalFactor;
            factors[prefix + "bit"] = decimalFactor / 8;
            factors[prefix + "b"] = decimalFactor / 8;
        }

        factors["k"] = 1024;
        factors["kB"] = 1000;
        factors["kbit"] = factors["kb"] = 125;
        factors["bit"] = 0.125;
        return factors;
    }

    [GeneratedRegex(@"^\s*(?<number>[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?)\s*(?<unit>%|[a-zA-Zµ]*?)(/s|ps)?\s*$")]
    private static partial Regex Form();
}
