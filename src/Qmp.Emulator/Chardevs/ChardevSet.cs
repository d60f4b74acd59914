using Qmp.Emulator.Options;
using Qmp.Protocol.Transport;
using Qmp.Types;

namespace Qmp.Emulator.Chardevs;

/// <summary>The character devices of an emulator, in the order in which they were made.</summary>
/// <param name="time">What logs are stamped with.</param>
/// <remarks>Changed by commands, with the machine's lock held; looked at from any thread.</remarks>
internal sealed class ChardevSet(TimeProvider time) : IDisposable
{
    private volatile Chardev[] _all = [];

    /// <summary>All of them.</summary>
    public IReadOnlyList<Chardev> All => _all;

    /// <summary>Whether a device of the machine uses the one of that name.</summary>
    public Func<string, bool> IsUsed { get; set; } = _ => false;

    /// <summary>The device of that name, or <see langword="null"/>.</summary>
    public Chardev? Find(string id) => _all.FirstOrDefault(chardev => chardev.Id == id);

    /// <summary>Adds a device.</summary>
    /// <param name="spec">What it is.</param>
    /// <param name="open">Opens it.</param>
    /// <param name="attach">Makes its front end; without one, whoever connects is let in and not listened to.</param>
    /// <param name="isPort">Whether it is a port of the machine, where it has no other front end.</param>
    /// <exception cref="TransportException">The device cannot be opened; the text is QEMU's.</exception>
    public Chardev Add(
        ChardevSpec spec,
        Func<ChardevSpec, OpenedChardev> open,
        Func<Chardev, IFrontEnd>? attach = null,
        bool isPort = false)
    {
        if (spec.Backend is ChardevBackend.Stdio && _all.Any(c => c.IsStdio))
        {
            throw new TransportException(ChardevChecks.StdioIsTaken);
        }

        var chardev = new Chardev(spec, open(spec), time);
        chardev.FrontEnd = attach?.Invoke(chardev) ?? IdlePort.Start(chardev.Connections, isPort);
        _all = [.. _all, chardev];
        return chardev;
    }

    /// <summary>Exchanges a device that no monitor uses.</summary>
    /// <returns>The new one, in the old one's place.</returns>
    /// <exception cref="TransportException">The new one cannot be opened; the old one is as it was then.</exception>
    public Chardev Change(Chardev old, ChardevSpec spec, Func<ChardevSpec, OpenedChardev> open)
    {
        var chardev = new Chardev(spec, open(spec), time);
        bool isPort = old.FrontEnd.IsOpen;
        Remove(old);
        chardev.FrontEnd = old.FrontEnd is SerialFrontEnd serial
            ? serial.Follow(chardev.Connections, waitsForPeer: !chardev.IsSocket)
            : IdlePort.Start(chardev.Connections, isPort);
        _all = [.. _all, chardev];
        return chardev;
    }

    /// <summary>Gives a device without a front end one; a peer that is connected stays.</summary>
    /// <param name="chardev">The device.</param>
    /// <param name="attach">Makes the front end on the device's connections.</param>
    public static void Attach(Chardev chardev, Func<IConnectionSource, IFrontEnd> attach) =>
        chardev.FrontEnd = attach(((IdlePort)chardev.FrontEnd).GiveWay());

    /// <summary>Opens a device again whose front end has gone, and with it its connections.</summary>
    /// <exception cref="TransportException">It cannot be opened.</exception>
    public void Reopen(Chardev old, Func<ChardevSpec, OpenedChardev> open)
    {
        Remove(old);
        Add(old.Spec, open);
    }

    /// <summary>Removes a device that no monitor uses, and closes it.</summary>
    public void Remove(Chardev chardev)
    {
        _all = [.. _all.Where(c => c != chardev)];
        (chardev.FrontEnd as IDisposable)?.Dispose();
    }

    /// <summary>Closes those that are no QMP monitor's.</summary>
    public void Dispose()
    {
        foreach (IDisposable frontEnd in _all.Select(c => c.FrontEnd).OfType<IDisposable>()) frontEnd.Dispose();
    }
}
