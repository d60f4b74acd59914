using System.Text;

namespace Qmp.Emulator.Catalogue;

/// <summary>The CPU models that QEMU has; here they exist in name only.</summary>
internal static class CpuModels
{
    private static readonly Lazy<string> Text = new(Load);

    /// <summary>What <c>-cpu help</c> prints.</summary>
    public static string Help => Text.Value;

    /// <summary>Whether there is a model of that name.</summary>
    public static bool Contains(string name) =>
        Text.Value.Split("\n\n")[0].Split('\n').Skip(1).Any(line => line.Trim().Split(' ')[0] == name);

    private static string Load()
    {
        using Stream stream = typeof(CpuModels).Assembly.GetManifestResourceStream("cpu-models.txt")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
