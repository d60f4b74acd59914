using System.Globalization;
using Qmp.Client;
using Qmp.Shell.Output;
using Qmp.Shell.Session;
using Qmp.Shell.Terminal;

namespace Qmp.Shell.Interactive;

/// <summary>Prints events as they come, and those that a command raised before its reply.</summary>
/// <param name="events">The events.</param>
/// <param name="screen">Where they are printed.</param>
/// <param name="replies">How JSON looks at this moment.</param>
/// <param name="paint">Their colours.</param>
/// <param name="whole">Whether to print them as they came.</param>
/// <param name="name">Stands before each event where there are several servers; empty otherwise.</param>
internal sealed class EventPrinter(
    EventSubscription events, ILineReader screen, Func<ReplyText> replies, Paint paint, bool whole, string name = "")
{
    private readonly Lock _gate = new(); // keeps events in order, and guards _isHeld
    private bool _isHeld;

    /// <summary>Prints until the connection ends.</summary>
    public async Task RunAsync()
    {
        while (await events.WaitToReadAsync())
        {
            Flush();
            // While they are held there is nothing to do but to look again.
            if (_isHeld) await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
    }

    /// <summary>Prints what has come.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            while (!_isHeld && events.TryRead(out QmpEvent? value)) Print(value);
        }
    }

    /// <summary>Keeps events back, for something else that is on the screen.</summary>
    public void Hold()
    {
        Flush();
        lock (_gate) _isHeld = true;
    }

    /// <summary>Prints what was kept back.</summary>
    /// <param name="shown">Events that what was on the screen has shown: they are only counted.</param>
    public void Release(string shown)
    {
        int count = 0;
        lock (_gate)
        {
            while (events.TryRead(out QmpEvent? value))
            {
                if (!whole && value.Name == shown) count++;
                else Print(value);
            }

            if (count > 0) screen.Print(paint.Note($"{name}{count} {shown} are not listed."));
            _isHeld = false;
        }
    }

    private void Print(QmpEvent value)
    {
        if (value.LostBefore > 0) screen.Print(paint.Note($"{value.LostBefore} events were lost"));
        screen.Print(paint.Event(name + (whole ? replies().Event(value) : Shorten(value))));
    }

    private string Shorten(QmpEvent value)
    {
        string time = value.Timestamp is { } stamp
            ? stamp.ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture) + " "
            : "";
        string what = ForeignText.OneLine(value.Name);
        return value.Data is { } data ? $"{time}{what} {replies().Print(data)}" : time + what;
    }
}
