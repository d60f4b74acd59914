using System.Globalization;
using System.Runtime.CompilerServices;

namespace Qmp.Tools;

/// <summary>Removes the files through which debuggers and profilers reach a .NET process.</summary>
/// <remarks>
/// The runtime makes three in the folder for temporary files before any code of ours runs, and leaves them there if the
/// process is killed. Nothing in a project file keeps it from that, only an environment variable; where that is set
/// (<c>DOTNET_EnableDiagnostics=1</c>), somebody wants to attach, and they stay. Native programs make none.
/// </remarks>
internal static class DebuggerFiles
{
    private const int StartTime = 21; // field 22 of /proc/PID/stat, counted from 0

#pragma warning disable CA2255 // programs only, never a library
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Remove()
    {
        if (!RuntimeFeature.IsDynamicCodeSupported) return;
        if (Environment.GetEnvironmentVariable("DOTNET_EnableDiagnostics") is not null || !OperatingSystem.IsLinux()) return;
        try
        {
            string stat = File.ReadAllText("/proc/self/stat");

            // The second field is the program's name in parentheses, which may hold spaces.
            string started = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[StartTime - 2];
            string process = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{started}");
            string folder = Path.GetTempPath();
            File.Delete(Path.Combine(folder, $"dotnet-diagnostic-{process}-socket"));
            File.Delete(Path.Combine(folder, $"clr-debug-pipe-{process}-in"));
            File.Delete(Path.Combine(folder, $"clr-debug-pipe-{process}-out"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // They stay: nothing depends on their being gone.
        }
    }
}
