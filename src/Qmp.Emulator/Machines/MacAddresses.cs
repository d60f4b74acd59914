namespace Qmp.Emulator.Machines;

/// <summary>The addresses of cards that name none: the first that is free, from <c>52:54:00:12:34:56</c> on.</summary>
internal sealed class MacAddresses
{
    private const long First = 0x525400123456;
    private const long Last = 0x5254001234fe;

    private readonly List<MacAddress> _taken = [];

    /// <summary>Takes an address.</summary>
    /// <param name="wanted">Which one; <see langword="null"/> or zero for any.</param>
    public MacAddress Take(MacAddress? wanted)
    {
        MacAddress address = wanted is { Value: not 0 } given ? given : Free();
        _taken.Add(address);
        return address;
    }

    /// <summary>Gives an address back.</summary>
    public void Release(MacAddress address) => _taken.Remove(address);

    // When all are taken, QEMU gives the last byte 255 to whoever comes.
    private MacAddress Free()
    {
        for (long value = First; value <= Last; value++)
        {
            if (!_taken.Contains(new MacAddress(value))) return new MacAddress(value);
        }

        return new MacAddress(Last + 1);
    }
}
