using System.Globalization;
using Qmp.Emulator.Catalogue;
using Qmp.Types;

namespace Qmp.Emulator.Options;

/// <summary>The CPUs of <c>-smp</c>, which exist in name only, but must fit the machine as QEMU's do.</summary>
/// <remarks>All arithmetic is that of 32 unsigned bits, as QEMU's.</remarks>
/// <param name="Sockets">Sockets of the machine.</param>
/// <param name="Dies">Dies of a socket.</param>
/// <param name="Modules">Modules of a die.</param>
/// <param name="Cores">Cores of a module.</param>
/// <param name="Threads">Threads of a core.</param>
/// <param name="Count">How many CPUs the machine starts with.</param>
/// <param name="Most">How many there may be.</param>
internal sealed record CpuTopology(long Sockets, long Dies, long Modules, long Cores, long Threads, long Count, long Most)
{
    /// <summary>One CPU.</summary>
    public static CpuTopology Single { get; } = new(1, 1, 1, 1, 1, 1, 1);

    /// <summary>Where a processor is.</summary>
    /// <param name="index">Its number.</param>
    public CpuPlace PlaceOf(long index)
    {
        long core = index / Threads;
        long module = core / Cores;
        long die = module / Modules;
        return new CpuPlace(die / Dies, die % Dies, module % Modules, core % Cores, index % Threads);
    }

    /// <summary>What was asked for, complete.</summary>
    /// <exception cref="CommandLineException">The numbers contradict each other, or the machine has no such CPUs.</exception>
    public static CpuTopology Of(SmpOptions smp, MachineType machine)
    {
        uint Given(long? value) => value == 0
            ? throw new CommandLineException("Invalid CPU topology: CPU topology parameters must be greater than zero")
            : unchecked((uint)(value ?? 0));

        uint cpus = Given(smp.Cpus);
        uint most = Given(smp.Maxcpus);
        uint drawers = Unsupported("drawers", Given(smp.Drawers), isSupported: false);
        uint books = Unsupported("books", Given(smp.Books), isSupported: false);
        uint sockets = Given(smp.Sockets);
        uint dies = Unsupported("dies", Given(smp.Dies), machine.HasDies);
        uint clusters = Unsupported("clusters", Given(smp.Clusters), isSupported: false);
        uint modules = Unsupported("modules", Given(smp.Modules), machine.HasDies);
        uint cores = Given(smp.Cores);
        uint threads = Given(smp.Threads);
        uint fixedParts = unchecked(Math.Max(1, drawers) * Math.Max(1, books) * dies * clusters * modules);
        unchecked
        {
            if (cpus == 0 && most == 0)
            {
                (sockets, cores, threads) = (Math.Max(1, sockets), Math.Max(1, cores), Math.Max(1, threads));
            }
            else
            {
                Divide(machine.PrefersSockets, most > 0 ? most : cpus, fixedParts, ref sockets, ref cores, ref threads);
            }

            uint total = fixedParts * sockets * cores * threads;
            if (most == 0) most = cpus > 0 ? cpus : total;
            if (cpus == 0) cpus = most;
            string parts = machine.HasDies
                ? string.Create(CultureInfo.InvariantCulture, $"sockets ({sockets}) * dies ({dies}) * modules ({modules}) * cores ({cores}) * threads ({threads})")
                : string.Create(CultureInfo.InvariantCulture, $"sockets ({sockets}) * cores ({cores}) * threads ({threads})");
            if (total != most)
            {
                throw new CommandLineException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Invalid CPU topology: product of the hierarchy must match maxcpus: {parts} != maxcpus ({most})"));
            }

            if (most < cpus)
            {
                throw new CommandLineException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Invalid CPU topology: maxcpus must be equal to or greater than smp: {parts} == maxcpus ({most}) < smp_cpus ({cpus})"));
            }

            if (most > machine.MaxCpus)
            {
                throw new CommandLineException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Invalid SMP CPUs {(int)most}. The max CPUs supported by machine '{machine.Name}' is {machine.MaxCpus}"));
            }
        }

        return new CpuTopology(sockets, dies, modules, cores, threads, cpus, most);
    }

    // What was not given takes up the rest: cores, where sockets do not come first; then sockets; threads at last.
    private static void Divide(
        bool prefersSockets, uint most, uint fixedParts, ref uint sockets, ref uint cores, ref uint threads)
    {
        unchecked
        {
            if (prefersSockets && sockets == 0)
            {
                (cores, threads) = (Math.Max(1, cores), Math.Max(1, threads));
                sockets = most / (fixedParts * cores * threads);
            }
            else if (cores == 0)
            {
                (sockets, threads) = (Math.Max(1, sockets), Math.Max(1, threads));
                cores = most / (fixedParts * sockets * threads);
            }
            else if (sockets == 0)
            {
                threads = Math.Max(1, threads);
                sockets = most / (fixedParts * cores * threads);
            }
            else if (threads == 0)
            {
                threads = most / (fixedParts * sockets * cores);
            }
        }
    }

    private static uint Unsupported(string level, uint value, bool isSupported) => value <= 1 || isSupported
        ? Math.Max(1, value)
        : throw new CommandLineException($"{level} > 1 not supported by this machine's CPU topology");
}
