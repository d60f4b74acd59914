using Qmp.Api;
using Qmp.Emulator.Versions;
using Qmp.Types;

namespace Qmp.Emulator.Catalogue;

/// <summary>What <c>help</c> as a value lists, in QEMU's form: what is here, with its properties.</summary>
internal static class Listings
{
    private static readonly Dictionary<string, string> None = [];

    private static readonly Dictionary<string, string> OfLoader = new()
    {
        ["addr"] = "0", ["cpu-num"] = "4294967295", ["data"] = "0", ["data-be"] = "off", ["data-len"] = "0",
        ["force-raw"] = "off",
    };

    private static readonly Dictionary<string, string> OfVfio = new()
    {
        ["ack"] = "auto", ["config-bytes"] = "256", ["initial-bytes"] = "0", ["load-time-ms"] = "0",
        ["precopy-rate"] = "0", ["stop-copy-bytes"] = "0",
    };

    private static readonly Dictionary<string, string> OfWorkload = new()
    {
        ["addr"] = "0", ["migratable"] = "on", ["offset"] = "0", ["rate"] = "0", ["reads"] = "on",
        ["working-set"] = "all of the memory from addr",
    };

    private static readonly Dictionary<string, string> OfMemory = new()
    {
        ["discard-data"] = "off", ["prealloc"] = "off", ["share"] = "off",
    };

    private static readonly Dictionary<string, string> OfSecret = new() { ["format"] = "raw" };

    /// <summary>Whether an argument asks for help, instead of naming something or beside it.</summary>
    public static bool AsksForHelp(string word) => word is "help" or "?";

    /// <summary>For an argument of the form <c>[NAME,...]help</c>, the name; otherwise <see langword="null"/>.</summary>
    /// <param name="text">The argument.</param>
    /// <param name="key">The key that the name may be given with.</param>
    /// <returns>The name, which is empty if it is the list that is wanted.</returns>
    public static string? WhatToExplain(string text, string key)
    {
        string[] items = text.Split(',');
        if (!items.Any(AsksForHelp)) return null;
        string first = items[0].StartsWith(key + "=", StringComparison.Ordinal) ? items[0][(key.Length + 1)..] : items[0];
        return AsksForHelp(first) ? "" : first;
    }

    /// <summary>The devices of <c>-device</c>.</summary>
    public const string Devices = """
        Misc devices:
        name "loader", desc "Generic Loader"
        name "x-guest", desc "What the guest does on order"
        name "x-vfio", desc "Device that migrates as one passed through by VFIO does"
        name "x-workload", desc "Guest that writes to its memory"

        """;

    /// <summary>The kinds of network backends.</summary>
    public static string Netdevs(QemuVersion version) => "Available netdev backend types:\n"
        + string.Concat(version.Netdevs.Select(kind => $"{kind.ToWireName()}\n"));

    /// <summary>The objects of <c>-object</c>.</summary>
    public static string Objects(QemuVersion version) => "List of user creatable objects:\n"
        + string.Concat(ObjectKinds.Of(version).Select(ObjectTypeExtensions.ToWireName).Order(StringComparer.Ordinal).Select(n => $"  {n}\n"));

    /// <summary>The properties of a device, or <see langword="null"/> if there is none of that name.</summary>
    public static string? Device(string driver, QemuVersion version) => driver switch
    {
        "loader" => PropertyList.Text(driver, LoaderOptionsVisitor.Read, OfLoader, version),
        "x-guest" => PropertyList.Text(driver, GuestOptionsVisitor.Read, None, version),
        "x-vfio" => PropertyList.Text(driver, VfioOptionsVisitor.Read, OfVfio, version),
        "x-workload" => PropertyList.Text(driver, WorkloadOptionsVisitor.Read, OfWorkload, version),
        _ => RecordedListings.Device(driver, version.Recorded),
    };

    /// <summary>The properties of an object, or <see langword="null"/> if there is none of that name.</summary>
    public static string? Object(string type, QemuVersion version) => type switch
    {
        "iothread" => PropertyList.Text(type, IothreadPropertiesVisitor.Read, None, version),
        "monitor-hmp" when version.MonitorsAreObjects => PropertyList.Text(type, MonitorHmpPropertiesVisitor.Read, None, version),
        "monitor-qmp" when version.MonitorsAreObjects => PropertyList.Text(type, MonitorQmpPropertiesVisitor.Read, None, version),
        "memory-backend-memfd" => PropertyList.Text(type, MemoryBackendMemfdPropertiesVisitor.Read, OfMemory, version),
        "rng-builtin" => PropertyList.Text(type, RngPropertiesVisitor.Read, None, version),
        "rng-random" => PropertyList.Text(type, RngRandomPropertiesVisitor.Read, None, version),
        "memory-backend-file" => PropertyList.Text(type, MemoryBackendFilePropertiesVisitor.Read, OfMemory, version),
        "memory-backend-ram" => PropertyList.Text(type, MemoryBackendPropertiesVisitor.Read, OfMemory, version),
        "secret" => PropertyList.Text(type, SecretPropertiesVisitor.Read, OfSecret, version),
        _ => null,
    };

    /// <summary>The options of a character device, of all kinds together.</summary>
    public static string Chardev(QemuVersion version) => PropertyList.Text("chardev", ChardevOptionsVisitor.Read, None, version);

    /// <summary>The properties of a machine type.</summary>
    public static string Machine(MachineType type, QemuVersion version) =>
        RecordedListings.Machine($"{type.Name}-machine", version.Recorded)
        ?? PropertyList.Text($"{type.Name}-machine", MachineOptionsVisitor.Read, None, version);

    private static IEnumerable<string> Names<T>(Func<T, string> toName)
        where T : struct, Enum =>
        Enum.GetValues<T>().Where(value => Convert.ToInt32(value, null) >= 0).Select(toName);
}
