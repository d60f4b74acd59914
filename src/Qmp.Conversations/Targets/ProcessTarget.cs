using System.ComponentModel;
using System.Diagnostics;

namespace Qmp.Conversations.Targets;

/// <summary>Starts emulators as processes: QEMU, qmpd, or anything else that takes QEMU's command line.</summary>
/// <remarks>Each runs in a session of its own, in the folder of the replay, without input.</remarks>
public sealed class ProcessTarget : IEmulatorTarget
{
    // The shell opens the file for what is printed and then becomes the emulator.
    private const string Script = """exec "$@" </dev/null >>"$0" 2>&1""";

    private readonly string[] _command;

    /// <summary>A program.</summary>
    /// <param name="emulator">Its path, or its name if it is in the search path.</param>
    /// <param name="arguments">What comes before the recorded arguments.</param>
    public ProcessTarget(string emulator, params IReadOnlyList<string> arguments) =>
        // The emulators run in another folder.
        _command =
        [
            emulator.Contains('/', StringComparison.Ordinal) ? Path.GetFullPath(emulator) : emulator,
            .. arguments.Select(a => File.Exists(a) ? Path.GetFullPath(a) : a),
        ];

    /// <inheritdoc/>
    public ValueTask<ITargetVm> StartAsync(VmStart start)
    {
        string printed = Path.Combine(start.Folder, $"{start.Role}.stderr");
        string[] words = ["/bin/sh", "-c", Script, printed, .. _command, .. start.Arguments];
        var process = new ProcessStartInfo("setsid", words) { WorkingDirectory = start.Folder };
        try
        {
            return new(new ProcessVm(Process.Start(process)!, printed));
        }
        catch (Win32Exception e)
        {
            throw new TargetException($"cannot start {_command[0]}: {e.Message}", e);
        }
    }
}
