namespace Qmp.Migration.ReturnPath;

/// <summary>What a destination tells its source.</summary>
internal enum ReturnPathMessage : ushort
{
    Shut = 1,
    Pong = 2,
    RequestPagesOfBlock = 3,
    RequestPages = 4,
    ReceivedBitmap = 5,
    ResumeAck = 6,
    SwitchoverAck = 7,
}
