using System.Globalization;
using Qmp.Emulator.Options;
using Qmp.Types;

namespace Qmpd;

/// <summary>Lines on standard error: the program's name and a message, with what <c>-msg</c> puts before them.</summary>
internal sealed class ErrorReports(TextWriter output, TimeProvider clock)
{
    private const string Program = "qmpd: ";

    private MessageOptions _style = new();
    private string? _guest;

    /// <summary>What the lines begin with from now on.</summary>
    public void Apply(EmulatorOptions options)
    {
        _style = options.Given.Last(OptionTable.Messages)?.Value ?? _style;
        _guest = options.GuestName;
    }

    /// <summary>Says something, in a line of its own.</summary>
    public void Write(string message)
    {
        string time = _style.Timestamp == true
            ? clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ ", CultureInfo.InvariantCulture)
            : "";
        string guest = _style.GuestName == true && _guest is not null ? _guest + " " : "";
        WriteBare(time + guest + Program + message);
    }

    /// <summary>Says something with nothing before it.</summary>
    public void WriteBare(string line)
    {
        try
        {
            output.WriteLine(line);
        }
        catch (IOException)
        {
            // Standard error is closed, or its disk is full. The machine runs on.
        }
    }

    /// <summary>Says why a command line is refused.</summary>
    public void Write(CommandLineException refusal)
    {
        Write(refusal.Message);
        if (refusal.Consequence is not null) Write(refusal.Consequence);
    }
}
