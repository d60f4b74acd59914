using Qmp.Cpu.Firmware;
using Qmp.Emulator.Files;
using Qmp.Emulator.Options;
using Serilog;

namespace Qmp.Emulator.Machines;

/// <summary>The file of <c>-kernel</c>.</summary>
internal static class KernelImage
{
    /// <summary>Loads it.</summary>
    /// <returns><see langword="null"/> if there is none, or none that can be booted here.</returns>
    /// <exception cref="CommandLineException">It cannot be read, or contradicts itself.</exception>
    public static Multiboot? Load(GivenOptions given, ILogger logger)
    {
        if (given.Last(HostOptionTable.Kernel) is not { } kernel) return null;
        string arguments = given.Last(HostOptionTable.KernelArguments)?.Value ?? "";
        try
        {
            if (Multiboot.Read(File.ReadAllBytes(kernel.Value), $"{kernel.Value} {arguments}") is { } found) return found;
            logger.Information("{Kernel:l} is no multiboot kernel and is not booted", kernel.Value);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandLineException($"could not open kernel file '{kernel.Value}': {FileErrors.Text(e)}");
        }
        catch (InvalidDataException e)
        {
            throw new CommandLineException($"could not load kernel '{kernel.Value}': {e.Message}");
        }
    }
}
