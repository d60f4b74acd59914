namespace Qmp.Emulator.Chardevs;

/// <summary>What uses a character device: a monitor, or a port of the machine.</summary>
internal interface IFrontEnd
{
    /// <summary>Whether it takes part in what comes and goes, or only lets the device be open.</summary>
    bool IsOpen { get; }

    /// <summary>Whether a peer is connected.</summary>
    bool IsConnected { get; }

    /// <summary>Ends when the first peer has connected, or when none will.</summary>
    Task FirstClient { get; }

    /// <summary>Whether another device can take the place of the one that it uses.</summary>
    bool TakesAnother { get; }

    /// <summary>Drops the current peer at once.</summary>
    void Disconnect();
}
