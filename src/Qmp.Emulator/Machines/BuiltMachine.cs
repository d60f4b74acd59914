using Qmp.Emulator.Blocks;
using Qmp.Emulator.Catalogue;
using Qmp.Emulator.Devices;
using Qmp.Emulator.Objects;
using Qmp.Emulator.Options;
using Qmp.Emulator.Versions;
using Qmp.Machine;
using Qmp.Migration;

namespace Qmp.Emulator.Machines;

/// <summary>A machine as a command line asks for it.</summary>
/// <param name="Version">The QEMU that is played.</param>
/// <param name="Machine">The machine.</param>
/// <param name="Migration">Its migration.</param>
/// <param name="Devices">The devices that commands of our own name.</param>
/// <param name="Tree">Its objects.</param>
/// <param name="Plugged">The devices that users made.</param>
/// <param name="Objects">The objects that users made.</param>
/// <param name="Processors">Its processors.</param>
/// <param name="Blocks">The nodes behind its disks.</param>
/// <param name="Disks">Its disks.</param>
/// <param name="Drives">The drives of its command line.</param>
/// <param name="Networks">Its network backends.</param>
/// <param name="Type">Its type.</param>
/// <param name="Buses">Its buses.</param>
/// <param name="Nodes">The nodes that memory and processors belong to.</param>
/// <param name="MemoryDevices">The memory that is plugged in.</param>
/// <param name="Hardware">What runs the guest's code; <see langword="null"/> for nothing.</param>
/// <param name="MainMemory">The name of the memory that it starts with, if its nodes have none of their own.</param>
internal sealed record BuiltMachine(
    QemuVersion Version,
    VirtualMachine Machine,
    MigrationCore Migration,
    SimulatedDevices Devices,
    ObjectTree Tree,
    DeviceManager Plugged,
    UserObjects Objects,
    Processors Processors,
    BlockGraph Blocks,
    Disks Disks,
    DriveTable Drives,
    Networks Networks,
    MachineType Type,
    BusTree Buses,
    NumaNodes Nodes,
    MemoryDevices MemoryDevices,
    GuestHardware? Hardware,
    string MainMemory);
