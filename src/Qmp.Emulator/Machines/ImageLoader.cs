using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Qmp.Emulator.Options;
using Qmp.Machine.Memory;
using Qmp.Types;

namespace Qmp.Emulator.Machines;

/// <summary>
/// What <c>-device loader</c> does: it puts a file or a number into guest memory, when the machine is made and at each reset.
/// Texts are QEMU's.
/// </summary>
internal sealed class ImageLoader : IDisposable
{
    private const int Chunk = 1 << 20;
    private const int FromStart = 0; // SEEK_SET
    private const int FromEnd = 2; // SEEK_END

    private readonly GuestMemory _memory;
    private readonly ulong _address;
    private readonly byte[] _number;
    private readonly SafeFileHandle? _file;

    private ImageLoader(GuestMemory memory, ulong address, byte[] number)
    {
        (_memory, _address, _number) = (memory, address, number);
        memory.Load(address, number);
    }

    private ImageLoader(GuestMemory memory, ulong address, SafeFileHandle file)
    {
        (_memory, _address, _number, _file) = (memory, address, [], file);
        LoadFile(skipsZeros: true);
    }

    /// <exception cref="CommandLineException">The options contradict each other, or the file cannot be loaded.</exception>
    public static ImageLoader Load(OptionValue<DeviceArguments> device, LoaderOptions options, GuestMemory memory)
    {
        ulong address = options.Addr ?? 0;
        if (options.Data is not (null or 0) || options.DataLen is not (null or 0) || options.DataBe == true)
        {
            return new ImageLoader(memory, address, NumberOf(device, options));
        }

        if (options.File is not { } file)
        {
            return options.ForceRaw == true
                ? new ImageLoader(memory, address, [])
                : throw device.Error("please include valid arguments");
        }

        if (options.ForceRaw != true && Path.Exists(file))
        {
            throw device.Error("images are not parsed: set force-raw=on, and addr= to where the file goes");
        }

        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return new ImageLoader(memory, address, handle);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            handle?.Dispose();
            throw device.Error($"Cannot load specified image {file}");
        }
    }

    /// <summary>Does it again: the machine is reset.</summary>
    public void Reload()
    {
        if (_file is null)
        {
            _memory.Load(_address, _number);
            return;
        }

        try
        {
            LoadFile(skipsZeros: false);
        }
        catch (IOException)
        {
            // The file is not what it was; memory stays as it is.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private static byte[] NumberOf(OptionValue<DeviceArguments> device, LoaderOptions options)
    {
        if (options.File is not null) throw device.Error("Specifying a file is not supported when loading memory values");
        if (options.ForceRaw == true)
        {
            throw device.Error("Specifying force-raw is not supported when loading memory values");
        }

        if (options.DataLen is not ({ } length and > 0)) throw device.Error("Both data and data-len must be specified");
        if (length > 8) throw device.Error("data-len cannot be greater then 8 bytes");
        Span<byte> bytes = stackalloc byte[8];
        if (options.DataBe == true)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes, options.Data ?? 0);
            return bytes[^length..].ToArray();
        }

        BinaryPrimitives.WriteUInt64LittleEndian(bytes, options.Data ?? 0);
        return bytes[..length].ToArray();
    }

    // As long as the file says that it is: a device without an end is not read for ever. At first zeros are left out: memory that was
    // never written reads as zeros and costs nothing.
    private void LoadFile(bool skipsZeros)
    {
        long left = Linux.Files.Seek(_file!, 0, FromEnd);
        if (left < 0 || (ulong)left > _memory.TotalLength) throw new IOException();
        Linux.Files.Seek(_file!, 0, FromStart);
        ulong address = _address;
        byte[] buffer = new byte[Math.Min(left, Chunk)];
        while (left > 0)
        {
            int read = Linux.Files.Read(_file!, buffer.AsSpan(0, (int)Math.Min(left, buffer.Length)));
            if (read < 0) throw new IOException();
            if (read == 0) return;
            for (int at = 0; at < read; at += RamBlock.PageSize)
            {
                ReadOnlySpan<byte> page = buffer.AsSpan(at, Math.Min(RamBlock.PageSize, read - at));
                if (!skipsZeros || page.ContainsAnyExcept((byte)0)) _memory.Load(address + (ulong)at, page);
            }

            address += (ulong)read;
            left -= read;
        }
    }
}
