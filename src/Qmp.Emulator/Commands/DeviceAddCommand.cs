using Newtonsoft.Json.Linq;
using Qmp.Emulator.Devices;
using Qmp.Emulator.Options;
using Qmp.Migration;
using Qmp.Protocol.Visitors;
using Qmp.Server.Dispatch;

namespace Qmp.Emulator.Commands;

/// <summary>Plugs devices in.</summary>
internal sealed class DeviceAddCommand(DeviceManager devices, MigrationCore migration)
{
    /// <param name="arguments">Positioned before the arguments.</param>
    public ValueTask<CommandResult> RunAsync(InputVisitor arguments)
    {
        var members = (JObject)arguments.ReadAny(null);
        DeviceArguments device = DeviceArguments.From(members, isText: false);
        if (migration.IsRunning) throw new CommandException("device_add not allowed while migrating");
        if (device.Own is not null) throw new CommandException($"Device '{device.Driver}' can not be hotplugged on this machine");
        devices.Add(device, isHot: true);
        return new(default(CommandResult));
    }
}
