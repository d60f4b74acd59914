using System.Globalization;
using System.Text;
using Qmp.Emulator.Catalogue;
using Qmp.Emulator.Logging;
using Qmp.Emulator.Versions;
using Qmp.Types;

namespace Qmp.Emulator.Options;

/// <summary>What is printed where a value asks for help, and by <c>-help</c>. Forms and exit statuses are QEMU's.</summary>
internal static class HelpTexts
{
    public const string Smp =
        "books=<num> clusters=<num> cores=<num> cpus=<num> dies=<num> drawers=<num> maxcpus=<num> modules=<num> "
        + "sockets=<num> threads=<num>";

    public const string Boot =
        "menu=<bool (on/off)> once=<str> order=<str> reboot-timeout=<num> splash-time=<num> splash=<str> strict=<bool (on/off)>";

    public const string Global = "driver=<str> property=<str> value=<str>";
    public const string AddFd = "fd=<num> opaque=<str> set=<num>";
    public const string Action = "panic=<str> reboot=<str> shutdown=<str> watchdog=<str>";
    public const string Message = "guest-name=<bool (on/off)> timestamp=<bool (on/off)>";
    public const string Clock = "base=<str> clock=<str> driftfix=<str>";
    public const string Overcommit = "cpu-pm=<bool (on/off)> mem-lock=<str>";
    public const string Sandbox = "elevateprivileges=<str> enable=<bool (on/off)> obsolete=<str> resourcecontrol=<str> spawn=<str>";
    public const string RunWith = "async-teardown=<bool (on/off)> chroot=<str> user=<str>";
    public const string Audio = "Available audio drivers:\nnone\n";

    public const string Video =
        """
        none                 no graphic card
        std                  standard VGA
        cirrus               Cirrus VGA (default)
        vmware               VMWare SVGA
        virtio               Virtio VGA

        """;

    private const string Items =
        """
        Log items (comma separated):
        trace:PATTERN   enable trace events

        Use "-d trace:help" to get a list of trace events.

        QEMU's other items are accepted and have no effect.

        """;

    /// <summary>The keys of an option, where it is asked for them.</summary>
    /// <param name="name">What the list is of.</param>
    /// <param name="keys">The keys with their types, in order.</param>
    /// <param name="status">The exit status.</param>
    public static Func<string, QemuVersion, Printout?> List(string name, string keys, int status = 0) => (text, _) =>
    {
        if (!text.Split(',').Any(Listings.AsksForHelp)) return null;
        string[] lines = keys.Replace(" (", "\u00a0(", StringComparison.Ordinal).Split(' ');
        string title = name is "smp" or "boot" ? $"{name}-opts" : name;
        return new($"{title} options:\n" + string.Concat(lines.Select(l => $"  {l.Replace('\u00a0', ' ')}\n")), status);
    };

    public static Printout? Machine(string text, QemuVersion version) => Listings.WhatToExplain(text, "type") switch
    {
        null => null,
        { Length: > 0 } name when MachineType.Find(name, version) is { } type => new(Listings.Machine(type, version)),
        _ => new(MachineType.Help(version)),
    };

    public static Printout? Device(string text, QemuVersion version) => Listings.WhatToExplain(text, "driver") switch
    {
        null => null,
        "" => new(Listings.Devices),
        var driver => new(Listings.Device(driver, version) ?? throw CommandLineException.At("device", text, $"Device '{driver}' not found")),
    };

    public static Printout? Object(string text, QemuVersion version) => Listings.WhatToExplain(text, "qom-type") switch
    {
        null => null,
        "" => new(Listings.Objects(version)),
        var type => new(Listings.Object(type, version)
            ?? throw CommandLineException.At("object", text, $"Parameter 'qom-type' does not accept value '{type}'")),
    };

    public static Printout? Chardev(string text, QemuVersion version) => Listings.WhatToExplain(text, "backend") switch
    {
        null => null,
        "" => new("Available chardev backend types: \n" + string.Concat(version.Chardevs.Select(kind => $"  {kind.ToWireName()}\n"))),
        _ => new(Listings.Chardev(version), 1),
    };

    public static Printout? Netdev(string text, QemuVersion version) =>
        AsksForKinds(text) ? new(Listings.Netdevs(version)) : null;

    public static Printout? NetworkCard(string text, QemuVersion version) => AsksForKinds(text)
        ? new($"{Listings.Netdevs(version)}\nAvailable NIC models (use -nic model=help for a filtered list):\n{RecordedListings.NetworkCards(version.Recorded)}")
        : null;

    // QEMU also lists what there is where an item is unknown.
    public static Printout? LogItems(string text, QemuVersion version)
    {
        if (text == "trace:help") return new(TraceEvents.Help);
        return ValueTexts.AreLogItems(text) ? null : new(Items, 1);
    }

    // The kind may stand anywhere with its key, but without it only in the first place.
    private static bool AsksForKinds(string text)
    {
        string[] items = text.Split(',');
        return Listings.AsksForHelp(items[0]) || items.Any(i => i is "type=help" or "type=?");
    }

    /// <summary>The help: an option a line, at its beginning, as programs expect that look for options there.</summary>
    public static string All()
    {
        var text = new StringBuilder("usage: qmpd [options]\n\n");
        foreach (Option option in OptionTable.All)
        {
            string argument = option.Argument is null ? "" : $" {option.Argument}";
            string names = option.Alias is null ? $"-{option.Name}{argument}" : $"-{option.Name}{argument}, -{option.Alias}{argument}";
            text.Append(CultureInfo.InvariantCulture, $"{names,-46} {option.Help}\n");
        }

        text.Append("\nThe options -object, -device, -incoming and -compat also take JSON.\n");
        text.Append("A value 'help' lists what may be in its place: -device help, -device x-vfio,help.\n");
        text.Append("Example: qmpd -M none -m 64M -qmp unix:/tmp/qmp.sock,server=on,wait=off\n");
        return text.ToString();
    }
}
