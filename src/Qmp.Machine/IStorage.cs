namespace Qmp.Machine;

/// <summary>What machines share and only one may write to at a time: the images of disks; a port of the machine.</summary>
/// <remarks>Called with the machine's lock held.</remarks>
public interface IStorage
{
    /// <summary>Lets another machine have it.</summary>
    void Release();

    /// <summary>Takes it, if this machine does not have it.</summary>
    /// <returns>Why another machine has it; <see langword="null"/> once this one does.</returns>
    string? Acquire();
}
