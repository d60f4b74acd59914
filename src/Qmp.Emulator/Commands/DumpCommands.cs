using Qmp.Api;
using Qmp.Emulator.Dumps;
using Qmp.Emulator.Files;
using Qmp.Linux;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of dump.json.</summary>
internal sealed class DumpCommands(MemoryDump dump, PassedDescriptors descriptors) : IDumpCommands
{
    private const string File = "file:";
    private const string Descriptor = "fd:";
    private const int NewFile = 0x241; // O_WRONLY | O_CREAT | O_TRUNC
    private const uint OwnerReads = 0x100; // 0400

    public ValueTask DumpGuestMemoryAsync(DumpGuestMemoryArguments arguments, CancellationToken cancellationToken)
    {
        dump.Check();
        bool isElf = arguments.Format is null or DumpGuestMemoryFormat.Elf;
        bool isFiltered = arguments.Begin is not null || arguments.Length is not null;
        if (!isElf && (arguments.Paging || isFiltered))
        {
            throw new CommandException("kdump-compressed format doesn't support paging or filter");
        }

        if (arguments is { Begin: not null, Length: null }) throw new CommandException("Parameter 'length' is missing");
        if (arguments is { Begin: null, Length: not null }) throw new CommandException("Parameter 'begin' is missing");
        if (!isElf) throw new CommandException($"{arguments.Format!.Value.ToWireName()} is not available now");
        return dump.WriteAsync(
            Open(arguments.Protocol), (ulong?)arguments.Begin, (ulong)(arguments.Length ?? 0), arguments.Detach == true);
    }

    public ValueTask<DumpQueryResult> QueryDumpAsync(QueryDumpArguments arguments, CancellationToken cancellationToken) =>
        new(dump.Query());

    public ValueTask<DumpGuestMemoryCapability> QueryDumpGuestMemoryCapabilityAsync(
        QueryDumpGuestMemoryCapabilityArguments arguments, CancellationToken cancellationToken) =>
        new(new DumpGuestMemoryCapability { Formats = [DumpGuestMemoryFormat.Elf] });

    private DescriptorHandle Open(string protocol)
    {
        if (protocol.StartsWith(Descriptor, StringComparison.Ordinal))
        {
            string name = protocol[Descriptor.Length..];
            int descriptor = descriptors.Named.Take(name);
            return descriptor >= 0
                ? new DescriptorHandle(descriptor, ownsHandle: true)
                : throw new CommandException($"File descriptor named '{name}' has not been found");
        }

        if (!protocol.StartsWith(File, StringComparison.Ordinal))
        {
            throw new CommandException("parameter 'protocol' must start with 'file:' or 'fd:'");
        }

        string path = protocol[File.Length..];
        return Qmp.Linux.Files.Open(path, NewFile, OwnerReads, out int error)
            ?? throw new CommandException($"Could not create '{path}': {Errno.Text(error)}");
    }
}
