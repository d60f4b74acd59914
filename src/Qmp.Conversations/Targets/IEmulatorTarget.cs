namespace Qmp.Conversations.Targets;

/// <summary>Starts emulators that conversations are had with.</summary>
public interface IEmulatorTarget
{
    /// <summary>
    /// Starts an emulator. One that refuses its command line may be started all the same, and then ends soon.
    /// </summary>
    /// <exception cref="TargetException">The program cannot be started.</exception>
    ValueTask<ITargetVm> StartAsync(VmStart start);
}

/// <summary>How an emulator is started.</summary>
/// <param name="Role">Its name in the conversation.</param>
/// <param name="Arguments">QEMU's command line, without the program.</param>
/// <param name="Folder">The folder of the replay, which is made for it.</param>
/// <param name="PassesDescriptors">Whether clients will pass descriptors to its monitors.</param>
public sealed record VmStart(string Role, IReadOnlyList<string> Arguments, string Folder, bool PassesDescriptors);

/// <summary>An emulator could not be started.</summary>
public sealed class TargetException : Exception
{
    /// <summary>Makes one.</summary>
    public TargetException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
