namespace Qmp.Devices.Vfio;

/// <summary>The 64-bit words that structure a VFIO section.</summary>
internal static class VfioTag
{
    public const ulong EndOfState = 0xffffffffef100001;
    public const ulong ConfigState = 0xffffffffef100002;
    public const ulong SetupState = 0xffffffffef100003;
    public const ulong DataState = 0xffffffffef100004;
    public const ulong InitialDataSent = 0xffffffffef100005;
}
