namespace Qmp.Devices.Vfio;

/// <summary>States of a VFIO device, as far as a migration uses them.</summary>
internal enum VfioDeviceState
{
    /// <summary>Stands still.</summary>
    Stop,

    /// <summary>Runs.</summary>
    Running,

    /// <summary>Runs, and its state can be read.</summary>
    PreCopy,

    /// <summary>Stands still, and all of its state can be read.</summary>
    StopCopy,

    /// <summary>Takes state in.</summary>
    Resuming,
}
