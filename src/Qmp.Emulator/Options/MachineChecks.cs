using Qmp.Emulator.Catalogue;
using Qmp.Emulator.Versions;
using Qmp.Types;

namespace Qmp.Emulator.Options;

/// <summary>What QEMU checks of a machine's properties though they have no effect here. Texts are QEMU's.</summary>
internal static class MachineChecks
{
    /// <exception cref="CommandLineException">A property does not fit the machine type.</exception>
    public static void Check(MachineOptions machine, MachineType type, QemuVersion version, GivenOptions given, Action<string> warn)
    {
        if (!type.IsPc) RefusePropertiesOfPcs(machine, type);
        Accelerators.Choose(given.All(OptionTable.Accelerator), machine.Accel, warn);
        if (machine.Boot is { } boot)
        {
            CheckDrives(boot.Order);
            CheckDrives(boot.Once);
        }

        CheckImages(type, given);
        if (given.Last(OptionTable.Cpu) is { } cpu) CheckCpu(cpu.Value, type, version);
        if (given.Last(OptionTable.Video) is { } video && video.Value != "none" && !type.IsPc)
        {
            warn("warning: A -vga option was passed but this machine type does not use that option; No VGA device has been created");
        }
    }

    private static void RefusePropertiesOfPcs(MachineOptions machine, MachineType type)
    {
        string? property = machine.Acpi is not null ? "acpi"
            : machine.Hpet is not null ? "hpet"
            : machine.Smm is not null ? "smm"
            : machine.Vmport is not null ? "vmport"
            : null;
        if (property is not null) throw new CommandLineException($"Property '{type.Name}-machine.{property}' not found");
    }

    // They have to be there, though nothing runs them.
    private static void CheckImages(MachineType type, GivenOptions given)
    {
        OptionValue<string>? kernel = given.Last(HostOptionTable.Kernel);
        foreach (Option<string> needsKernel in (Option<string>[])[HostOptionTable.InitialDisk, HostOptionTable.KernelArguments])
        {
            if (kernel is null && given.Has(needsKernel))
            {
                throw new CommandLineException($"-{needsKernel.Name} only allowed with -kernel option");
            }
        }

        if (kernel is not null && !type.IsPc)
        {
            throw new CommandLineException("The -kernel parameter is not supported (use the generic 'loader' device instead).");
        }

        if (kernel is not null && !File.Exists(kernel.Value))
        {
            throw new CommandLineException($"could not open kernel file '{kernel.Value}': No such file or directory");
        }

        if (type.IsPc && given.Last(HostOptionTable.Firmware) is { } firmware && !File.Exists(firmware.Value))
        {
            throw new CommandLineException($"qemu: could not load PC BIOS '{firmware.Value}'");
        }
    }

    private static void CheckDrives(string? drives)
    {
        if (drives is null) return;
        for (int i = 0; i < drives.Length; i++)
        {
            if (drives[i] is < 'a' or > 'p') throw new CommandLineException($"Invalid boot device '{drives[i]}'");
            if (drives.IndexOf(drives[i], StringComparison.Ordinal) < i)
            {
                throw new CommandLineException($"Boot device '{drives[i]}' was given twice");
            }
        }
    }

    private static void CheckCpu(string text, MachineType type, QemuVersion version)
    {
        if (text.Length == 0) throw new CommandLineException("-cpu option cannot be empty");
        string model = text.Split(',')[0];
        if (!CpuModels.Contains(model, version)) throw new CommandLineException($"unable to find CPU model '{model}'");

        // QEMU makes the CPU on this machine, too, and fails.
        if (!type.IsPc && !text.Split(',').Any(word => word.StartsWith("apic-id=", StringComparison.Ordinal)))
        {
            throw new CommandLineException("apic-id property was not initialized properly");
        }

        if (model == "host") throw new CommandLineException("CPU model 'host' requires KVM or HVF");
    }
}
