using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Qmp.Server.Dispatch;

namespace Qmp.Emulator.Machines;

/// <summary>The network that a backend of type <c>user</c> plays to its card. Texts are QEMU's.</summary>
internal static class UserNetwork
{
    private const uint Default = 0x0a000200;

    // The first bits of an address, and how many of it are the network's.
    private static readonly (uint Mask, uint Value, int Length)[] Classes =
    [
        (0x80000000, 0, 8), (0xfff00000, 0xac100000, 12), (0xc0000000, 0x80000000, 16), (0xffff0000, 0xc0a80000, 16),
        (0xffff0000, 0xc6120000, 15), (0xe0000000, 0xe0000000, 24), (0, 0, 28),
    ];

    /// <summary>The address of the network.</summary>
    /// <param name="text">An address, alone or with <c>/LENGTH</c> or <c>/MASK</c>; <see langword="null"/> for the usual one.</param>
    /// <exception cref="CommandException">The text is none of these.</exception>
    public static IPAddress Parse(string? text)
    {
        if (text is null) return ToAddress(Default);
        string[] parts = text.Split('/', 2);
        uint address = Number(parts[0]) ?? throw new CommandException("Failed to parse netmask");
        return ToAddress(address & (parts.Length == 1 ? Mask(Classes.First(c => (address & c.Mask) == c.Value).Length) : ParseMask(parts[1])));
    }

    private static uint ParseMask(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int length))
        {
            return length is >= 4 and <= 32 ? Mask(length) : throw new CommandException("Invalid netmask provided (must be in range 4-32)");
        }

        return Number(text) ?? throw new CommandException("Failed to parse netmask (trailing chars)");
    }

    private static uint Mask(int length) => uint.MaxValue << (32 - length);

    private static uint? Number(string text) =>
        IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetwork
            ? System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes())
            : null;

    private static IPAddress ToAddress(uint number)
    {
        byte[] bytes = new byte[sizeof(uint)];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new IPAddress(bytes);
    }
}
