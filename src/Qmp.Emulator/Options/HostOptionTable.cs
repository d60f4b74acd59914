using Qmp.Api;
using Qmp.Emulator.Catalogue;
using Qmp.Emulator.Versions;
using Qmp.Types;

namespace Qmp.Emulator.Options;

/// <summary>The rows of options that are about the host and the process; the others are in <see cref="OptionTable"/>.</summary>
/// <remarks>Most are checked as QEMU checks them, and change nothing: there is no processor, screen or sound here.</remarks>
internal static class HostOptionTable
{
    private static readonly List<Option> Rows = [];

    public static Option<QemuVersion> PlayedVersion { get; } = Row(new Option<QemuVersion>(
        "x-qemu-version", string.Join('|', QemuVersion.All), "play this version of QEMU", ValueTexts.PlayedVersion));

    public static Option ReadConfiguration { get; } = Row(new ShortOption(
        "readconfig", "FILE", "take further options from a file", ConfigurationFile.Take));

    public static Option<SandboxOptions> Sandbox { get; } = Row(new Option<SandboxOptions>(
        "sandbox", "on[,obsolete=allow|deny][,...]", "checked only: system calls are not restricted", HostChecks.Sandbox)
    {
        Listing = HelpTexts.List("sandbox", HelpTexts.Sandbox, status: 1),
    });

    public static Option<RunWithOptions> RunWith { get; } = Row(new Option<RunWithOptions>(
        "run-with", "[async-teardown=on|off][,chroot=DIR][,user=USER]", "change root and user once the machine is there", HostChecks.RunWith)
    {
        Listing = HelpTexts.List("run-with", HelpTexts.RunWith, status: 1),
    });

    public static Option WatchdogAction { get; } = Row(new ShortOption(
        "watchdog-action",
        "ACTION",
        "the same as -action watchdog=ACTION",
        (text, parser) => HostChecks.TakeAs("watchdog-action", text, OptionTable.Action, $"watchdog={text}", parser)));

    public static Option<Audiodev> AudioDevice { get; } = Row(new Option<Audiodev>(
        "DRIVER,id=ID", "there is no sound", new("audiodev", OptionForm.Tree, AudiodevVisitor.Read, "driver") { TakesJson = true })
    {
        Listing = (text, _) => Listings.AsksForHelp(text) ? new(HelpTexts.Audio) : null,
    });

    public static Option<IcountOptions> InstructionCount { get; } = Row(new Option<IcountOptions>(
        "shift=N|auto", "accepted: there are no instructions to count", new("icount", OptionForm.Table, IcountOptionsVisitor.Read, "shift"))
    {
        Check = HostChecks.InstructionCount,
    });

    public static Option<string> Kernel { get; } = Row(Text("kernel", "FILE", "a multiboot kernel, which is booted; another file only has to be there"));

    public static Option<string> InitialDisk { get; } = Row(Text("initrd", "FILE", "accepted, with -kernel"));

    public static Option<string> KernelArguments { get; } = Row(Text("append", "TEXT", "accepted, with -kernel"));

    public static Option<string> Firmware { get; } = Row(Text("bios", "FILE", "a multiboot kernel, which is booted; another file only has to be there"));

    public static Option<string> DataFolder { get; } = Row(new Option<string>("L", "DIR", "accepted: there are no files to look for", text => text)
    {
        Listing = (text, _) => Listings.AsksForHelp(text) ? new("") : null,
    });

    public static Option<string> FirmwareTables { get; } = Row(new Option<string>(
        "smbios", "type=N[,...]|file=FILE", "checked only: there is no firmware", text => text)
    {
        Check = HostChecks.FirmwareTables,
    });

    public static Option<string> FirmwareValues { get; } = Row(new Option<string>(
        "fw_cfg", "[name=]NAME,string=TEXT|file=FILE", "checked only: there is no firmware", text => text)
    {
        Check = HostChecks.FirmwareValues,
    });

    public static Option<string> OptionRom { get; } = Row(Text("option-rom", "FILE", "accepted: nothing boots"));

    public static Option<string> Screens { get; } = Row(
        new Option<string>("vnc", "none", "there is no screen", text => text) { Check = OptionChecks.OneOf("none") });

    public static Option<string> Seed { get; } = Row(new Option<string>("seed", "N", "accepted: nothing is random", text => text)
    {
        Check = HostChecks.Seed,
    });

    public static Option<string> EscapeKey { get; } = Row(Text("echr", "N", "accepted: no device is shared by front ends"));

    public static Option Usb { get; } = Row(
        new ShortOption("usb", null, "the same as -machine usb=on", (_, parser) => parser.AddToMachine(null, "usb=on", "type")));

    public static Option<bool> FullScreen { get; } = Row(Flag("full-screen", "accepted: there is no screen"));

    public static Option<bool> Snapshot { get; } = Row(Flag("snapshot", "accepted: no disk is written to"));

    public static Option<bool> ForOldSystem { get; } = Row(Flag("win2k-hack", "accepted: nothing is installed"));

    public static Option<bool> CodeMap { get; } = Row(Flag("perfmap", "accepted: no code is translated"));

    public static Option<bool> CodeDump { get; } = Row(Flag("jitdump", "accepted: no code is translated"));

    public static Option ScreenSize { get; } = Row(NotForTarget("g", "WxH"));

    public static Option FirmwareEnvironment { get; } = Row(NotForTarget("prom-env", "NAME=VALUE"));

    public static Option HostCalls { get; } = Row(NotForTarget("semihosting", null));

    public static Option OldParameters { get; } = Row(NotForTarget("old-param", null));

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Option> All => Rows;

    /// <summary>An option that other processors have.</summary>
    public static ShortOption NotForTarget(string name, string? argument) => new(
        name,
        argument,
        "refused: not for this processor",
        (text, _) => throw CommandLineException.At(name, argument is null ? null : text, "Option not supported for this target"));

    private static T Row<T>(T option)
        where T : Option
    {
        Rows.Add(option);
        return option;
    }

    private static Option<bool> Flag(string name, string help) => new(name, null, help, _ => true);

    private static Option<string> Text(string name, string argument, string help) => new(name, argument, help, text => text);
}
