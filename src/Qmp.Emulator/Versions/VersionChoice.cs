namespace Qmp.Emulator.Versions;

/// <summary>
/// Which version a process plays when its command line does not say: the environment decides, else the name of the
/// program's file. So launchers that pass no options of ours can have either: a copy or hard link of the program named
/// <c>qemu-system-x86_64-11.1</c> plays 11.1.
/// </summary>
public static class VersionChoice
{
    /// <summary>The environment variable that names a version.</summary>
    public const string Variable = "QMPD_QEMU_VERSION";

    /// <summary>The version that a process plays.</summary>
    /// <param name="variable">The value of <see cref="Variable"/>; <see langword="null"/> or empty if there is none.</param>
    /// <param name="program">The path of the program's file, symbolic links resolved, or <see langword="null"/>.</param>
    /// <exception cref="ArgumentException">The variable names a version that is not there.</exception>
    public static QemuVersion Of(string? variable, string? program)
    {
        if (!string.IsNullOrEmpty(variable))
        {
            return QemuVersion.Find(variable) ?? throw new ArgumentException($"{Variable}: {Unknown(variable)}");
        }

        string name = Path.GetFileName(program) ?? "";
        return QemuVersion.All.FirstOrDefault(version => name.EndsWith("-" + version.Name, StringComparison.Ordinal))
            ?? QemuVersion.Default;
    }

    /// <summary>What is said of a version that is not there.</summary>
    internal static string Unknown(string name) =>
        $"there is no version '{name}'; there are {string.Join(", ", QemuVersion.All)}";
}
