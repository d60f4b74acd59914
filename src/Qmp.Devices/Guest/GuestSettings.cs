namespace Qmp.Devices.Guest;

/// <summary>What the guest does on order. A time that is <see langword="null"/> means never.</summary>
public sealed record GuestSettings
{
    /// <summary>How long after the power button was pressed it switches itself off.</summary>
    public TimeSpan? Powerdown { get; init; }

    /// <summary>Whether it resets the machine then, instead.</summary>
    public bool ResetsOnPowerdown { get; init; }

    /// <summary>How long after it has started it panics.</summary>
    public TimeSpan? Panic { get; init; }

    /// <summary>How long after it has started it lets its watchdog run out.</summary>
    public TimeSpan? Watchdog { get; init; }

    /// <summary>How long after it was asked to, it lets a device go.</summary>
    public TimeSpan? Unplug { get; init; }

    /// <summary>How long after it was asked to, it gives memory back or takes it again.</summary>
    public TimeSpan? Balloon { get; init; }
}
