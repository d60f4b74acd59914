using Qmp.Types;

namespace Qmp.Emulator.Machines;

/// <summary>Objects that are memory, as <c>query-memdev</c> shows them.</summary>
internal static class MemoryObjects
{
    /// <summary>What it is; <see langword="null"/> if it is no memory.</summary>
    public static Memdev? Describe(ObjectOptions made) => made switch
    {
        ObjectOptions.MemoryBackendRam ram => Describe(made.Id, ram.Value),
        ObjectOptions.MemoryBackendFile { Value: var file } => Describe(made.Id, new MemoryBackendProperties
        {
            Size = file.Size,
            Merge = file.Merge,
            Dump = file.Dump,
            Prealloc = file.Prealloc,
            Share = file.Share,
            Reserve = file.Reserve,
            HostNodes = file.HostNodes,
            Policy = file.Policy,
        }),
        ObjectOptions.MemoryBackendMemfd { Value: var memfd } => Describe(made.Id, new MemoryBackendProperties
        {
            Size = memfd.Size,
            Merge = memfd.Merge,
            Dump = memfd.Dump,
            Prealloc = memfd.Prealloc,
            Share = memfd.Share ?? true,
            Reserve = memfd.Reserve,
            HostNodes = memfd.HostNodes,
            Policy = memfd.Policy,
        }),
        _ => null,
    };

    private static Memdev Describe(string id, MemoryBackendProperties memory) => new()
    {
        Id = id,
        Size = memory.Size,
        Merge = memory.Merge ?? true,
        Dump = memory.Dump ?? true,
        Prealloc = memory.Prealloc ?? false,
        Share = memory.Share ?? false,
        Reserve = memory.Reserve ?? true,
        HostNodes = memory.HostNodes ?? [],
        Policy = memory.Policy ?? HostMemPolicy.Default,
    };
}
