using Qmp.Api;
using Qmp.Protocol.Visitors;
using Qmp.Types;

namespace Qmp.Emulator.CommandLine;

/// <summary>The options whose arguments are values of schema types; <see cref="ChardevReader"/> has one more.</summary>
internal static class OptionSyntaxes
{
    public static OptionSyntax<MemoryOptions> Memory { get; } =
        new("m", OptionForm.Table, MemoryOptionsVisitor.Read, "size");

    public static OptionSyntax<NameOptions> Name { get; } =
        new("name", OptionForm.Table, NameOptionsVisitor.Read, "guest");

    public static OptionSyntax<MonitorOptions> Monitor { get; } =
        new("mon", OptionForm.List, MonitorOptionsVisitor.Read, "chardev");

    public static OptionSyntax<ObjectOptions> Object { get; } =
        new("object", OptionForm.List, ObjectOptionsVisitor.Read, "qom-type") { TakesJson = true };

    public static OptionSyntax<DeviceOptions> Device { get; } =
        new("device", OptionForm.Properties, DeviceOptionsVisitor.Read, "driver")
        {
            TakesJson = true,
            Check = CheckDriver,
        };

    public static OptionSyntax<AccelOptions> Accelerator { get; } =
        new("accel", OptionForm.Properties, AccelOptionsVisitor.Read, "accel")
        {
            TypeSuffix = "-accel",
            Check = CheckAccelerator,
        };

    public static OptionSyntax<SetActionArguments> Action { get; } =
        new("action", OptionForm.Table, SetActionArgumentsVisitor.Read);

    public static OptionSyntax<AddFdOptions> AddFd { get; } =
        new("add-fd", OptionForm.Table, AddFdOptionsVisitor.Read);

    public static OptionSyntax<MigrationChannel> Incoming { get; } =
        new("incoming", OptionForm.Tree, MigrationChannelVisitor.Read, "channel-type") { TakesJson = true };

    public static OptionSyntax<GlobalOptions> Global { get; } =
        new("global", OptionForm.Table, GlobalOptionsVisitor.Read);

    public static OptionSyntax<Types.CompatPolicy> Compat { get; } =
        new("compat", OptionForm.Tree, CompatPolicyVisitor.Read) { TakesJson = true };

    private static void CheckAccelerator(Func<string, string?> item)
    {
        string accelerator = item("accel") ?? "";
        if (accelerator != "tcg") throw new VisitorException($"invalid accelerator {accelerator}");
    }

    private static void CheckDriver(Func<string, string?> item)
    {
        if (item("driver") is { } driver && !DeviceDriverExtensions.TryParse(driver, out _))
        {
            throw new VisitorException($"'{driver}' is not a valid device model name");
        }
    }
}
