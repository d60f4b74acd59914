using Qmp.Protocol.Visitors;

namespace Qmp.Protocol.Tests.Support;

/// <summary>The one enum of the hand-made schema.</summary>
internal static class TestCapability
{
    public static readonly EnumNames Names = new("QMPCapability", ["oob"]);
}
