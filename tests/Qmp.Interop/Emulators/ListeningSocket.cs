namespace Qmp.Interop.Emulators;

/// <summary>Whether somebody listens on a Unix socket. Its file is there a moment before.</summary>
internal static class ListeningSocket
{
    private const string Listening = "00010000"; // __SO_ACCEPTCON

    /// <summary>Waits until somebody listens there, without connecting.</summary>
    /// <param name="path">The socket's path.</param>
    /// <param name="starting">Who will; if it ends before, nobody does.</param>
    public static async Task WhenAsync(string path, Task starting)
    {
        while (!IsThere(path) && !starting.IsCompleted) await Task.Delay(5).ConfigureAwait(false);
    }

    // Num RefCount Protocol Flags Type St Inode Path
    private static bool IsThere(string path) =>
        File.ReadLines("/proc/net/unix").Any(line => line.EndsWith($" {path}", StringComparison.Ordinal) && line.Split(' ')[3] == Listening);
}
