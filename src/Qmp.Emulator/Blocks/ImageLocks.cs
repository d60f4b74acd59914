using Microsoft.Win32.SafeHandles;
using Qmp.Server.Dispatch;

namespace Qmp.Emulator.Blocks;

/// <summary>The locks of a machine's images. A machine that waits for its guest, or has handed it over, holds none.</summary>
/// <remarks>Used with the machine's lock held.</remarks>
internal sealed class ImageLocks
{
    private readonly Dictionary<SafeFileHandle, bool> _wanted = [];

    /// <summary>Whether the machine has its images.</summary>
    public bool IsActive { get; private set; } = true;

    /// <summary>Locks an image, now or when the machine takes its images.</summary>
    /// <param name="file">The file.</param>
    /// <param name="writes">Whether it is to be written to.</param>
    /// <exception cref="CommandException">Somebody else has it.</exception>
    public void Take(SafeFileHandle file, bool writes)
    {
        if (IsActive) ImageLock.Take(file, writes);
        _wanted[file] = writes;
    }

    /// <summary>Unlocks an image.</summary>
    public void Release(SafeFileHandle file)
    {
        if (_wanted.Remove(file)) ImageLock.Release(file);
    }

    /// <summary>Lets another machine have the images.</summary>
    public void ReleaseAll()
    {
        IsActive = false;
        foreach (SafeFileHandle file in _wanted.Keys) ImageLock.Release(file);
    }

    /// <summary>Takes the images; all of them, or none.</summary>
    /// <exception cref="CommandException">Somebody else has one.</exception>
    public void TakeAll()
    {
        if (IsActive) return;
        try
        {
            foreach ((SafeFileHandle file, bool writes) in _wanted) ImageLock.Take(file, writes);
            IsActive = true;
        }
        catch (CommandException)
        {
            ReleaseAll();
            throw;
        }
    }
}
