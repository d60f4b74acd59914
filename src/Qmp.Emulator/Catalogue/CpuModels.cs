using System.Text;
using Qmp.Emulator.Versions;

namespace Qmp.Emulator.Catalogue;

/// <summary>The CPU models that QEMU has; here they exist in name only.</summary>
internal static class CpuModels
{
    /// <summary>What <c>-cpu help</c> prints.</summary>
    public static string Help(QemuVersion version)
    {
        using Stream stream = typeof(CpuModels).Assembly.GetManifestResourceStream($"cpu-models-{version.Release}.txt")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>Whether there is a model of that name.</summary>
    public static bool Contains(string name, QemuVersion version) =>
        Help(version).Split("\n\n")[0].Split('\n').Skip(1).Any(line => line.Trim().Split(' ')[0] == name);
}
