using System.Reflection;
using Qmp.Emulator.Versions;

namespace Qmp.Emulator.Catalogue;

/// <summary>What the emulator says it is.</summary>
public static class EmulatorVersion
{
    private const int CommitDigits = 12;

    // VERSION+COMMIT, or VERSION alone where it was built outside of a repository.
    private static readonly string[] Build = typeof(EmulatorVersion).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+');

    /// <summary>This package, as <c>query-version</c> names it.</summary>
    public static string Package { get; } = $"qmpd {Build[0]}";

    /// <summary>This package and the commit that it was built from, as <c>-version</c> names it.</summary>
    public static string PackageAndCommit { get; } = Build.Length > 1
        ? $"{Package}, commit {Build[1][..Math.Min(CommitDigits, Build[1].Length)]}"
        : Package;

    /// <summary>What <c>-version</c> prints.</summary>
    public static string Text(QemuVersion version) => $"QEMU emulator version {version.Release} ({PackageAndCommit})\n";
}
