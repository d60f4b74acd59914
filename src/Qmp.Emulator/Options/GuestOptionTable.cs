using Qmp.Api;
using Qmp.Types;

namespace Qmp.Emulator.Options;

/// <summary>The rows of options that are about the guest's hardware; the others are in <see cref="OptionTable"/>.</summary>
internal static class GuestOptionTable
{
    private static readonly List<Option> Rows = [];

    public static Option<NumaOptions> Numa { get; } = Row(new Option<NumaOptions>(
        "node|dist|cpu,...", "nodes that memory and processors belong to", new("numa", OptionForm.List, NumaOptionsVisitor.Read, "type")));

    public static Option<string> MemoryPath { get; } = Row(Text("mem-path", "PATH", "file, or folder of a file, that is the guest's memory"));

    public static Option<bool> MemoryAllocated { get; } = Row(Flag("mem-prealloc", "allocate the guest's memory at once"));

    public static Option<bool> Preconfigured { get; } = Row(Flag("preconfig", "wait for x-exit-preconfig before the machine is made"));

    public static Option Set { get; } = Row(new ShortOption(
        "set", "GROUP.ID.ARG=VALUE", "change an option that was given: a device, drive or chardev", GuestChecks.Set));

    public static Option<string> Debugger { get; } = Row(new Option<string>("gdb", "DEV|none", "refused, but for none: there is no code to debug", text => text));

    public static Option<string> DebuggerShort { get; } = Row(new Option<string>("s", null, "short for -gdb tcp::1234", text => text));

    public static Option<string> LoadSnapshot { get; } = Row(Text("loadvm", "NAME", "refused: there are no snapshots of machines"));

    public static Option<string> Tables { get; } = Row(new Option<string>(
        "acpitable", "[sig=TEXT][,...],file=FILE[:FILE]...", "checked only: there is no firmware", text => text)
    {
        Check = GuestChecks.Table,
    });

    public static Option<string> DeviceTree { get; } = Row(Text("dtb", "FILE", "accepted: there is no device tree"));

    public static Option<string> Shim { get; } = Row(Text("shim", "FILE", "accepted, with -kernel"));

    public static Option<string> FileSystem { get; } = Row(new Option<string>(
        "fsdev", "local|synth,id=ID[,path=DIR,security_model=MODEL]", "a file system for the guest, which nobody reads", text => text)
    {
        Check = GuestChecks.FileSystem,
    });

    public static Option SharedFolder { get; } = Row(new ShortOption(
        "virtfs", "local|synth,mount_tag=TAG[,path=DIR,security_model=MODEL]", "the same, with its device", GuestChecks.SharedFolder));

    public static Option DebugConsole { get; } = Row(new ShortOption(
        "debugcon", "DEV", "debug port on a character device; nothing is written to it", GuestChecks.DebugConsole));

    public static Option UsbDevice { get; } = Row(new ShortOption("usbdevice", "NAME", "a device on USB", GuestChecks.UsbDevice));

    public static Option<string> Tpm { get; } = Row(new Option<string>("tpmdev", "passthrough|emulator,id=ID,...", "refused: there is no TPM", text => text)
    {
        Check = GuestChecks.Tpm,
        Listing = GuestChecks.TpmHelp,
    });

    public static Option<string> Plugin { get; } = Row(new Option<string>("plugin", "[file=]FILE", "refused: no code is translated", text => text)
    {
        Check = GuestChecks.Plugin,
    });

    public static Option<string> LogRange { get; } = Row(new Option<string>("dfilter", "RANGE,..", "accepted: no code is translated", text => text)
    {
        Check = GuestChecks.LogRange,
    });

    public static Option<string> Qtest { get; } = Row(new Option<string>(
        "qtest", "DEV", "lines of QEMU's test programs, on unix:PATH, tcp:HOST:PORT, stdio or chardev:ID",
        (text, parser) => new OptionValue<string>("qtest", text, parser.ReadDevice("qtest", text))));

    public static Option<string> QtestLog { get; } = Row(Text("qtest-log", "FILE|none", "where these lines are noted; without it, standard error"));

    public static Option<bool> LockProfile { get; } = Row(Flag("enable-sync-profile", "accepted: there is nothing to measure"));

    public static Option<string> Iscsi { get; } = Row(Text("iscsi", "[user=USER][,...]", "accepted: there are no such disks"));

    public static Option Spice { get; } = Row(new ShortOption("spice", "...", "refused: there is no screen", (text, _) =>
        throw CommandLineException.At("spice", text, "There is no option group 'spice'").Then("Perhaps you want to install qemu-system-modules-spice package?")));

    public static Option<string> XenDomain { get; } = Row(Text("xen-domid", "N", "accepted: there is no Xen"));

    public static Option XenAttach { get; } = Row(HostOptionTable.NotForTarget("xen-attach", null));

    public static Option XenRestrict { get; } = Row(HostOptionTable.NotForTarget("xen-domid-restrict", null));

    public static Option HostCallSettings { get; } = Row(HostOptionTable.NotForTarget("semihosting-config", "..."));

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Option> All => Rows;

    private static T Row<T>(T option)
        where T : Option
    {
        Rows.Add(option);
        return option;
    }

    private static Option<bool> Flag(string name, string help) => new(name, null, help, _ => true);

    private static Option<string> Text(string name, string argument, string help) => new(name, argument, help, text => text);
}
