using System.Text;

namespace Qmp.Client.Processes;

/// <summary>A folder for the sockets and files of one process, which nobody else may enter.</summary>
internal sealed class QemuFolder : IDisposable
{
    // sun_path, with its final zero.
    private const int LongestSocket = 107;

    public QemuFolder()
    {
        Path = Directory.CreateTempSubdirectory("qemu-").FullName;
        // Sockets have short names; under a long TMPDIR they would have none.
        if (Encoding.UTF8.GetByteCount(File("migration.sock")) <= LongestSocket || OperatingSystem.IsWindows()) return;
        Directory.Delete(Path);
        Path = Directory.CreateDirectory(
            $"/tmp/qemu-{Guid.NewGuid():N}", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
    }

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What somebody else still holds is theirs to remove.
        }
    }
}
