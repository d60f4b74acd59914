using System.Buffers.Binary;
using System.Globalization;
using Qmp.Emulator.Catalogue;
using Qmp.Emulator.Machines;
using Qmp.Emulator.Objects;
using Qmp.Machine.Memory;
using Qmp.Protocol.Threading;
using Qmp.Server.Dispatch;

namespace Qmp.Emulator.Qtest;

/// <summary>The commands of <c>-qtest</c>. Answers have QEMU's form.</summary>
/// <remarks>
/// Memory and ports are the machine's. A port whose device a PC has and this one has not is an error, and so is every port of a PC
/// that is here in name only; a machine that is no PC has none, and its ports read as ones. The clock is one that only these commands
/// move, and nothing here waits for it. No device raises an interrupt, so that one can be watched in vain, or has a line to raise one
/// by. Used with the machine's lock held.
/// </remarks>
/// <param name="memory">The machine's memory.</param>
/// <param name="tree">Its objects.</param>
/// <param name="type">Its type.</param>
/// <param name="hardware">What has its ports; <see langword="null"/> for nothing.</param>
internal sealed class QtestCommands(GuestMemory memory, ObjectTree tree, MachineType type, GuestHardware? hardware)
{
    private const string Done = "OK";
    private const string NoDevice = "FAIL Unknown device";
    private const int LongestBlock = 64 << 20;

    private long _now; // nanoseconds

    /// <summary>Runs a line.</summary>
    /// <returns>The answer, without the end of its line.</returns>
    public async ValueTask<string> RunAsync(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0) return "FAIL Unknown command ''";
        try
        {
            return words switch
            {
                ["endianness"] => "OK little",
                ["readb" or "readw" or "readl" or "readq", var at] => await ReadNumberAsync(Number(at), SizeOf(words[0])).ConfigureAwait(OrderedContext.IsCurrent),
                ["writeb" or "writew" or "writel" or "writeq", var at, var value] =>
                    await WriteNumberAsync(Number(at), Number(value), SizeOf(words[0])).ConfigureAwait(OrderedContext.IsCurrent),
                ["read", var at, var size] => $"OK 0x{Convert.ToHexStringLower(await ReadAsync(Number(at), Length(size)).ConfigureAwait(OrderedContext.IsCurrent))}",
                ["b64read", var at, var size] => $"OK {Convert.ToBase64String(await ReadAsync(Number(at), Length(size)).ConfigureAwait(OrderedContext.IsCurrent))}",
                ["write", var at, var size, var data] => await WriteAsync(Number(at), Fit(FromHex(data), Length(size))).ConfigureAwait(OrderedContext.IsCurrent),
                ["b64write", var at, var size, var data] => await WriteBase64Async(Number(at), Length(size), data).ConfigureAwait(OrderedContext.IsCurrent),
                ["memset", var at, var size, var value] => await FillAsync(Number(at), Length(size), (byte)Number(value)).ConfigureAwait(OrderedContext.IsCurrent),
                ["clock_step"] => Clock(),
                ["clock_step", var by] => Clock(_now + (long)Number(by)),
                ["clock_set", var to] => Clock((long)Number(to)),
                ["inb" or "inw" or "inl", var port, ..] => await ReadPortAsync(Port(port), SizeOf(words[0])).ConfigureAwait(OrderedContext.IsCurrent),
                ["outb" or "outw" or "outl", var port, var value, ..] =>
                    await WritePortAsync(Port(port), (uint)Number(value), SizeOf(words[0])).ConfigureAwait(OrderedContext.IsCurrent),
                ["set_irq_in", var path, var list, var number, var level, ..] => SetLine(path, list, number, level),
                ["irq_intercept_in" or "irq_intercept_out", var path] => Watch(path),
                ["irq_intercept_out_named", var path, _] => Watch(path),
                _ => $"FAIL Unknown command '{words[0]}'",
            };
        }
        catch (FormatException)
        {
            return $"FAIL Invalid argument of '{words[0]}'";
        }
    }

    private static int SizeOf(string command) => command[^1] switch
    {
        'b' => 1,
        'w' => 2,
        'l' => 4,
        _ => 8,
    };

    // As C reads it: hexadecimal, octal or decimal.
    private static ulong Number(string text)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return ulong.Parse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        }

        if (text is ['0', _, ..] && text.All(char.IsAsciiDigit)) return Convert.ToUInt64(text, 8);
        return text.StartsWith('-')
            ? unchecked((ulong)long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture))
            : ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static ushort Port(string text) => Number(text) is var port and <= ushort.MaxValue ? (ushort)port : throw new FormatException();

    private static string NoPort(ushort port) => $"FAIL The device of port 0x{port:x} is not here";

    private static int Length(string text) => Number(text) is var length and <= LongestBlock ? (int)length : throw new FormatException();

    private static byte[] FromHex(string text) => text.StartsWith("0x", StringComparison.Ordinal) && text.Length % 2 == 0
        ? Convert.FromHexString(text.AsSpan(2))
        : throw new FormatException();

    // What is missing is zero.
    private static byte[] Fit(byte[] data, int length)
    {
        Array.Resize(ref data, length);
        return data;
    }

    private async ValueTask<byte[]> ReadAsync(ulong address, int length)
    {
        byte[] data = new byte[length];
        await memory.ReadAsync(address, data).ConfigureAwait(OrderedContext.IsCurrent);
        return data;
    }

    private async ValueTask<string> WriteAsync(ulong address, byte[] data)
    {
        await memory.WriteAsync(address, data).ConfigureAwait(OrderedContext.IsCurrent);
        return Done;
    }

    private async ValueTask<string> ReadNumberAsync(ulong address, int size)
    {
        byte[] data = Fit(await ReadAsync(address, size).ConfigureAwait(OrderedContext.IsCurrent), 8);
        return string.Create(CultureInfo.InvariantCulture, $"OK 0x{BinaryPrimitives.ReadUInt64LittleEndian(data):x16}");
    }

    private ValueTask<string> WriteNumberAsync(ulong address, ulong value, int size)
    {
        byte[] data = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(data, value);
        return WriteAsync(address, data[..size]);
    }

    private async ValueTask<string> ReadPortAsync(ushort port, int size)
    {
        uint nothing = uint.MaxValue >> (32 - (8 * size));
        uint? value = hardware is not null ? await hardware.ReadPortAsync(port, size).ConfigureAwait(OrderedContext.IsCurrent) : type.IsPc ? null : nothing;
        return value is null ? NoPort(port) : string.Create(CultureInfo.InvariantCulture, $"OK 0x{value:x4}");
    }

    private async ValueTask<string> WritePortAsync(ushort port, uint value, int size)
    {
        bool isDone = hardware is not null ? await hardware.WritePortAsync(port, size, value).ConfigureAwait(OrderedContext.IsCurrent) : !type.IsPc;
        return isDone ? Done : NoPort(port);
    }

    private async ValueTask<string> WriteBase64Async(ulong address, int length, string text)
    {
        byte[] data = Convert.FromBase64String(text);
        string answer = await WriteAsync(address, Fit(data, Math.Min(data.Length, length))).ConfigureAwait(OrderedContext.IsCurrent);
        return data.Length == length ? answer : "ERR b64write command data length mismatch";
    }

    private ValueTask<string> FillAsync(ulong address, int length, byte value)
    {
        byte[] data = new byte[length];
        Array.Fill(data, value);
        return WriteAsync(address, data);
    }

    private string Clock(long? now = null)
    {
        _now = Math.Max(_now, now ?? _now);
        return string.Create(CultureInfo.InvariantCulture, $"OK {_now}");
    }

    private string Watch(string path) => IsDevice(path) ? Done : NoDevice;

    private string SetLine(string path, string list, string number, string level) =>
        IsDevice(path) ? $"FAIL Input {list}[{Number(number)}] cannot be set to {Number(level)}: no device here has one" : NoDevice;

    private bool IsDevice(string path)
    {
        try
        {
            return tree.Find(path).IsDevice;
        }
        catch (CommandException)
        {
            return false;
        }
    }
}
