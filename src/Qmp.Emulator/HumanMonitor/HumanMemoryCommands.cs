using Qmp.Api;
using Qmp.Protocol.Threading;
using Qmp.Types;

namespace Qmp.Emulator.HumanMonitor;

/// <summary>The commands of the human monitor about guest memory.</summary>
internal sealed class HumanMemoryCommands
{
    private const int Mebibyte = 20;

    private readonly IMachineCommands _machine;

    public HumanMemoryCommands(IMachineCommands machine)
    {
        _machine = machine;
        All =
        [
            new(["memsave"], "addr size file", "save to disk virtual memory dump starting at 'addr' of size 'size'", SaveVirtualAsync),
            new(["pmemsave"], "addr size file", "save to disk physical memory dump starting at 'addr' of size 'size'", SavePhysicalAsync),
            new(["balloon"], "target", "request VM to change its memory allocation (in MB)", BalloonAsync),
        ];
    }

    public IReadOnlyList<HumanCommand> All { get; }

    private static (ulong Address, ulong Size, string Path) Range(HumanArguments arguments)
    {
        (ulong address, ulong size, string path) = unchecked(((ulong)arguments.Integer(), (ulong)arguments.Integer(), arguments.Text()));
        arguments.End();
        return (address, size, path);
    }

    private async ValueTask<string> SaveVirtualAsync(HumanArguments arguments)
    {
        (ulong address, ulong size, string path) = Range(arguments);
        await _machine.MemsaveAsync(new MemsaveArguments { Val = address, Size = size, Filename = path }, CancellationToken.None).ConfigureAwait(OrderedContext.IsCurrent);
        return "";
    }

    private async ValueTask<string> SavePhysicalAsync(HumanArguments arguments)
    {
        (ulong address, ulong size, string path) = Range(arguments);
        await _machine.PmemsaveAsync(new PmemsaveArguments { Val = address, Size = size, Filename = path }, CancellationToken.None).ConfigureAwait(OrderedContext.IsCurrent);
        return "";
    }

    private async ValueTask<string> BalloonAsync(HumanArguments arguments)
    {
        long target = arguments.Integer();
        if (target < 0) throw new HumanException("enter a positive value\nTry \"help balloon\" for more information\n");
        arguments.End();
        await _machine.BalloonAsync(new BalloonArguments { Value = target << Mebibyte }, CancellationToken.None).ConfigureAwait(OrderedContext.IsCurrent);
        return "";
    }
}
