using System.Globalization;

namespace Qmp.Benchmarks.Comparison;

/// <summary>The table that is printed.</summary>
/// <param name="floor">What every ratio is to reach, in place of its own target.</param>
internal sealed class Report(double? floor)
{
    private bool _met = true;

    /// <summary>Whether everything reached its target.</summary>
    public bool IsMet => _met;

    public void Header() =>
        Console.WriteLine($"{"work",-40} {(floor is null ? "QEMU" : "other"),14} {"qmpd",14} {"ratio",8}  target");

    /// <summary>A figure of both, medians, and what their ratio should be.</summary>
    /// <param name="work">What was done.</param>
    /// <param name="unit">Of the figures.</param>
    /// <param name="qemu">QEMU's figure.</param>
    /// <param name="ours">Ours.</param>
    /// <param name="ratio">How much better ours is.</param>
    /// <param name="least">What the ratio is to reach.</param>
    public void Ratio(string work, string unit, double qemu, double ours, double ratio, double least)
    {
        least = floor ?? least;
        bool met = ratio >= least;
        _met &= met;
        Line(work, $"{Text(qemu)} {unit}", $"{Text(ours)} {unit}", $"{Text(ratio)} x", $">= {Text(least)} x{Mark(met)}");
    }

    /// <summary>A figure that is not to exceed a limit.</summary>
    public void AtMost(string work, string unit, double? qemu, double ours, double most) =>
        Limit(work, unit, qemu, ours, $"<= {Text(most)}", ours <= most);

    /// <summary>A figure that is to reach a limit.</summary>
    public void AtLeast(string work, string unit, double? qemu, double ours, double least) =>
        Limit(work, unit, qemu, ours, $">= {Text(least)}", ours >= least);

    /// <summary>How steady the machine was: one against itself.</summary>
    public static void Steadiness(string work, double ratio) =>
        Line(work, "", "", $"{Text(ratio)} x", ratio is >= 0.95 and <= 1.05 ? "0.95 to 1.05" : "0.95 to 1.05: this run does not count");

    public static void Skipped(string work, string reason) => Console.WriteLine($"{work,-40} skipped: {reason}");

    private void Limit(string work, string unit, double? qemu, double ours, string limit, bool met)
    {
        _met &= met;
        string other = qemu is { } value ? $"{Text(value)} {unit}" : "";
        Line(work, other, $"{Text(ours)} {unit}", "", $"{limit} {unit}{Mark(met)}");
    }

    private static void Line(string work, string qemu, string ours, string ratio, string target) =>
        Console.WriteLine($"{work,-40} {qemu,14} {ours,14} {ratio,8}  {target}");

    private static string Mark(bool met) => met ? "" : "  MISSED";

    private static string Text(double value) => value switch
    {
        >= 100 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };
}
