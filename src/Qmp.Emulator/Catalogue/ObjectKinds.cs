using Qmp.Types;

namespace Qmp.Emulator.Catalogue;

/// <summary>The kinds of objects that can be made here. Others are refused as by a QEMU that was built without them.</summary>
internal static class ObjectKinds
{
    /// <summary>All of them.</summary>
    public static IReadOnlySet<ObjectType> All { get; } = new HashSet<ObjectType>
    {
        ObjectType.AuthzList, ObjectType.AuthzSimple, ObjectType.CanBus, ObjectType.Iothread, ObjectType.MemoryBackendFile,
        ObjectType.MemoryBackendMemfd, ObjectType.MemoryBackendRam, ObjectType.RngBuiltin, ObjectType.RngRandom, ObjectType.Secret,
        ObjectType.ThrottleGroup,
    };
}
