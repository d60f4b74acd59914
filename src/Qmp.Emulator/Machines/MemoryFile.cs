using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Qmp.Emulator.Files;
using Qmp.Emulator.Options;
using Qmp.Machine.Memory;
using Qmp.Types;

namespace Qmp.Emulator.Machines;

/// <summary>The file of a <c>memory-backend-file</c>.</summary>
/// <remarks>
/// A file that existed before may hold data: it keeps its size, and one that is too small is refused. Only one that
/// is made here, or is empty, gets the size of the memory, as with QEMU.
/// </remarks>
internal static class MemoryFile
{
    private const int HostPage = 4096;
    /// <summary>SEEK_END.</summary>
    public const int FromEnd = 2;


    private const UnixFileMode NewFile =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Maps the file.</summary>
    /// <exception cref="CommandLineException">
    /// The file cannot be opened or mapped, or is too small; the message is QEMU's.
    /// </exception>
    public static RamBlock Map(string id, MemoryBackendFileProperties properties)
    {
        ulong size = (properties.Size + HostPage - 1) & ~(ulong)(HostPage - 1);
        SafeFileHandle file = Open(properties.MemPath, out bool isNew);
        try
        {
            long length = Linux.Files.Seek(file, 0, FromEnd);
            if (length > 0 && (ulong)length < size)
            {
                throw TooSmall(id, length, size);
            }

            // Where it cannot be done, mapping tells why.
            if (length == 0 && size <= long.MaxValue) Linux.Files.Truncate(file, (long)size);
            RamBlock block = RamBlock.FromFile(id, size, file, properties.Share ?? false, properties.Prealloc ?? false);
            if (properties.Size % HostPage == 0) return block;
            block.Dispose();
        }
        catch (Exception e) when (e is IOException or OverflowException or CommandLineException)
        {
            file.Dispose();
            if (isNew) File.Delete(properties.MemPath);
            throw e as CommandLineException ?? new CommandLineException(
                e is IOException ? e.Message : "unable to map backing store for guest RAM: Cannot allocate memory");
        }

        throw new CommandLineException("backend 'memory-backend-file' memory size must be multiple of 4 KiB");
    }

    /// <summary>That there is less than the machine needs.</summary>
    public static CommandLineException TooSmall(string id, long length, ulong size) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"{id} backing store size 0x{length:x} is too small for 'size' option 0x{size:x} plus 'offset' option 0x0"));

    private static SafeFileHandle Open(string path, out bool isNew)
    {
        isNew = false;
        try
        {
            if (Directory.Exists(path)) return OpenNameless(path);
            if (Exists(path)) return File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            isNew = true;
            return Create(path, NewFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandLineException($"can't open backing store {path} for guest RAM: {FileErrors.Text(e)}");
        }
    }

    // Pipes and devices are there as well, so that File.Exists does not do.
    private static bool Exists(string path) => path.Length > 0 && Path.Exists(path);

    private static SafeFileHandle OpenNameless(string folder)
    {
        string path = Path.Combine(folder, $"qemu_back_mem.{Path.GetRandomFileName()}");
        SafeFileHandle file = Create(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Delete(path);
        return file;
    }

    private static SafeFileHandle Create(string path, UnixFileMode mode)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = mode;
        using var stream = new FileStream(path, options);
        return File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
    }
}
