using Qmp.Emulator.Versions;
using Qmp.Types;

namespace Qmp.Emulator.Catalogue;

/// <summary>The kinds of objects that can be made here. Others are refused as by a QEMU that was built without them.</summary>
internal static class ObjectKinds
{
    private static readonly HashSet<ObjectType> Common =
    [
        ObjectType.AuthzList, ObjectType.AuthzSimple, ObjectType.CanBus, ObjectType.Iothread, ObjectType.MemoryBackendFile,
        ObjectType.MemoryBackendMemfd, ObjectType.MemoryBackendRam, ObjectType.RngBuiltin, ObjectType.RngRandom, ObjectType.Secret,
        ObjectType.ThrottleGroup, ObjectType.TlsCipherSuites, ObjectType.TlsCredsAnon, ObjectType.TlsCredsPsk, ObjectType.TlsCredsX509,
    ];

    private static readonly ObjectType[] Monitors = [ObjectType.MonitorHmp, ObjectType.MonitorQmp];

    /// <summary>All that a QEMU has.</summary>
    public static IEnumerable<ObjectType> Of(QemuVersion version) => version.MonitorsAreObjects ? Common.Concat(Monitors) : Common;
}
