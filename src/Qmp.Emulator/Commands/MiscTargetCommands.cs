using Qmp.Api;
using Qmp.Emulator.Catalogue;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of misc-target.json, on a host without KVM.</summary>
internal sealed class MiscTargetCommands(MachineType type) : IMiscTargetCommands
{
    public ValueTask<SevInfo> QuerySevAsync(QuerySevArguments arguments, CancellationToken cancellationToken) =>
        new(new SevInfo.Sev
        {
            Enabled = false,
            ApiMajor = 0,
            ApiMinor = 0,
            BuildId = 0,
            State = SevState.Uninit,
            Value = new SevGuestInfo { Policy = 0, Handle = 0 },
        });

    public ValueTask<SevCapability> QuerySevCapabilitiesAsync(
        QuerySevCapabilitiesArguments arguments, CancellationToken cancellationToken) => throw new CommandException("KVM not enabled");

    public ValueTask<SGXInfo> QuerySgxAsync(QuerySgxArguments arguments, CancellationToken cancellationToken) =>
        throw new CommandException(type.IsPc ? "No EPC regions defined, SGX not available" : "SGX is only supported on PC machines");

    public ValueTask<SGXInfo> QuerySgxCapabilitiesAsync(
        QuerySgxCapabilitiesArguments arguments, CancellationToken cancellationToken) =>
        throw new CommandException("Could not open '/dev/sgx_vepc': No such file or directory");

    public ValueTask<IReadOnlyList<GICCapability>> QueryGicCapabilitiesAsync(
        QueryGicCapabilitiesArguments arguments, CancellationToken cancellationToken) =>
        throw new CommandException("GIC hardware is not available on this target");

    public ValueTask<IReadOnlyList<EvtchnInfo>> XenEventListAsync(XenEventListArguments arguments, CancellationToken cancellationToken) =>
        throw new CommandException("Xen event channel emulation not enabled");
}
