using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Qmp.Emulator.Options;
using Qmp.Machine.Memory;
using Qmp.Types;

namespace Qmp.Emulator.Machines;

/// <summary>What <c>-device loader</c> does: it puts a file or a number into guest memory. Texts are QEMU's.</summary>
internal static class ImageLoader
{
    private const int Chunk = 1 << 20;
    private const int FromStart = 0; // SEEK_SET
    private const int FromEnd = 2; // SEEK_END

    /// <exception cref="CommandLineException">The options contradict each other, or the file cannot be loaded.</exception>
    public static void Load(OptionValue<DeviceArguments> device, LoaderOptions options, GuestMemory memory)
    {
        if (options.Data is not (null or 0) || options.DataLen is not (null or 0) || options.DataBe == true)
        {
            LoadNumber(device, options, memory);
        }
        else if (options.File is { } file)
        {
            if (options.ForceRaw != true && Path.Exists(file))
            {
                throw device.Error("images are not parsed: set force-raw=on, and addr= to where the file goes");
            }

            LoadFile(device, file, options.Addr ?? 0, memory);
        }
        else if (options.ForceRaw != true)
        {
            throw device.Error("please include valid arguments");
        }
    }

    private static void LoadNumber(OptionValue<DeviceArguments> device, LoaderOptions options, GuestMemory memory)
    {
        if (options.File is not null) throw device.Error("Specifying a file is not supported when loading memory values");
        if (options.ForceRaw == true)
        {
            throw device.Error("Specifying force-raw is not supported when loading memory values");
        }

        if (options.DataLen is not ({ } length and > 0)) throw device.Error("Both data and data-len must be specified");
        if (length > 8) throw device.Error("data-len cannot be greater then 8 bytes");
        Span<byte> bytes = stackalloc byte[8];
        ulong address = options.Addr ?? 0;
        if (options.DataBe == true)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes, options.Data ?? 0);
            memory.Load(address, bytes[^length..]);
        }
        else
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, options.Data ?? 0);
            memory.Load(address, bytes[..length]);
        }
    }

    // As long as the file says that it is: a device without an end is not read for ever. Zeros are left out: memory that was never
    // written reads as zeros and costs nothing.
    private static void LoadFile(OptionValue<DeviceArguments> device, string path, ulong address, GuestMemory memory)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            long left = Linux.Files.Seek(file, 0, FromEnd);
            if (left < 0 || (ulong)left > memory.TotalLength) throw new IOException();
            Linux.Files.Seek(file, 0, FromStart);
            using var stream = new FileStream(file, FileAccess.Read, bufferSize: 0);
            byte[] buffer = new byte[Math.Min(left, Chunk)];
            while (left > 0)
            {
                int wanted = (int)Math.Min(left, buffer.Length);
                int read = stream.ReadAtLeast(buffer.AsSpan(0, wanted), wanted, throwOnEndOfStream: false);
                if (read == 0) return;
                for (int at = 0; at < read; at += RamBlock.PageSize)
                {
                    ReadOnlySpan<byte> page = buffer.AsSpan(at, Math.Min(RamBlock.PageSize, read - at));
                    if (page.ContainsAnyExcept((byte)0)) memory.Load(address + (ulong)at, page);
                }

                address += (ulong)read;
                left -= read;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw device.Error($"Cannot load specified image {path}");
        }
    }
}
