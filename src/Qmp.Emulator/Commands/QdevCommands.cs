using Qmp.Api;
using Qmp.Emulator.Devices;
using Qmp.Emulator.Recorded;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Visitors;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of qdev.json.</summary>
internal sealed class QdevCommands(DeviceManager devices, RecordedCatalogue catalogue) : IQdevCommands
{
    /// <summary><c>device_add</c>, whose arguments are the properties of the device, whatever they are.</summary>
    public static CommandDescriptor DeviceAdd { get; } = new(
        "device_add", CommandOptions.None, SpecialFeatures.None, (target, arguments, _) => ((DeviceAddCommand)target).RunAsync(arguments));

    public ValueTask<IReadOnlyList<ObjectPropertyInfo>> DeviceListPropertiesAsync(
        DeviceListPropertiesArguments arguments, CancellationToken cancellationToken)
    {
        string name = arguments.Typename;
        RecordedType type = catalogue.Types.Find(name)
            ?? throw new CommandException(new QmpError("DeviceNotFound", $"Device '{name}' not found"));
        return new(QomCommands.Describe(
            type.DeviceProperties ?? throw new CommandException("Parameter 'typename' expects a non-abstract device type")));
    }

    public ValueTask DeviceDelAsync(DeviceDelArguments arguments, CancellationToken cancellationToken)
    {
        devices.Remove(arguments.Id);
        return ValueTask.CompletedTask;
    }
}
