using Qmp.Devices.Guest;
using Qmp.Devices.Vfio;
using Qmp.Devices.Workload;

namespace Qmp.Emulator.Machines;

/// <summary>The devices of a machine that commands of our own name.</summary>
/// <param name="Vfio">The devices that take part in the switchover.</param>
/// <param name="Workloads">The guests that write to memory.</param>
/// <param name="Guest">What the guest does besides; <see langword="null"/> for nothing.</param>
/// <param name="Images">What puts files and numbers into memory, at each reset.</param>
internal sealed record SimulatedDevices(
    IReadOnlyList<VfioDevice> Vfio, IReadOnlyList<WorkloadGuest> Workloads, GuestSettings? Guest, IReadOnlyList<ImageLoader> Images);
