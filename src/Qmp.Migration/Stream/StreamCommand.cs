namespace Qmp.Migration.Stream;

/// <summary>The commands that a source puts into the main stream.</summary>
internal enum StreamCommand : ushort
{
    OpenReturnPath = 1,
    Ping = 2,
    PostcopyAdvise = 3,
    PostcopyListen = 4,
    PostcopyRun = 5,
    PostcopyRamDiscard = 6,
    Packaged = 7,
    EnableColo = 8,
    PostcopyResume = 9,
    ReceivedBitmap = 10,
    SwitchoverStart = 11,
}
