using System.Reflection;

namespace Qmp.Emulator.Catalogue;

/// <summary>What the emulator says it is.</summary>
public static class EmulatorVersion
{
    /// <summary>The QEMU release whose behaviour this is.</summary>
    public static Version Qemu { get; } = new(10, 0, 2);

    /// <summary>This package, as <c>query-version</c> names it.</summary>
    public static string Package { get; } =
        $"qmpd {typeof(EmulatorVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]}";

    /// <summary>What <c>-version</c> prints.</summary>
    public static string Text { get; } = $"QEMU emulator version {Qemu} ({Package})\n";
}
