namespace Qmp.Protocol.Messages;

/// <summary>The version in the greeting.</summary>
/// <param name="Major">Major number of the version of QEMU that is spoken.</param>
/// <param name="Minor">Minor number.</param>
/// <param name="Micro">Micro number.</param>
/// <param name="Package">Free text about the build; may be empty.</param>
public sealed record QmpVersion(int Major, int Minor, int Micro, string Package);
