using System.Globalization;
using Qmp.Linux;

namespace Qmpd;

/// <summary><c>-daemonize</c> as the daemon itself sees it: it says when it is ready, and lets go of its caller then.</summary>
internal sealed class DaemonStart : IDisposable
{
    // Set for the daemon, which removes it: what it starts itself does not see it.
    private const string Variable = "QMPD_DAEMON";
    private const uint FileMask = 0x17; // no permissions for others, no writing for the group: 027

    private readonly DescriptorHandle _ready;

    private DaemonStart(DescriptorHandle ready) => _ready = ready;

    /// <summary>Finds out whether this process was started as a daemon.</summary>
    /// <returns>The start, or <see langword="null"/> in a process that is none.</returns>
    public static DaemonStart? Find()
    {
        string? text = Environment.GetEnvironmentVariable(Variable);
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)) return null;
        Environment.SetEnvironmentVariable(Variable, null);
        using var passed = new DescriptorHandle(number, ownsHandle: true);
        // A duplicate, that is closed in programs which the daemon starts: its end is to be seen at once.
        int duplicate = Files.Duplicate(passed);
        if (duplicate < 0) return null;
        Processes.SetFileMask(FileMask);
        return new DaemonStart(new DescriptorHandle(duplicate, ownsHandle: true));
    }

    /// <summary>The environment variables by which a daemon knows what it is.</summary>
    /// <param name="ready">Where it is to say that it is ready.</param>
    public static IReadOnlyDictionary<string, string> VariablesFor(DescriptorHandle ready) => new Dictionary<string, string>
    {
        [Variable] = ready.DangerousGetHandle().ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Ends the start: the caller is told, and is not needed any more.</summary>
    /// <param name="keepsErrors">Whether standard error stays as it is.</param>
    public void End(bool keepsErrors)
    {
        Directory.SetCurrentDirectory("/");
        Processes.LeaveStandardStreams(keepsErrors);
        Files.Write(_ready, [0]);
        _ready.Dispose();
    }

    public void Dispose() => _ready.Dispose();
}
