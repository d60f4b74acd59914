using System.Globalization;

namespace Qmp.Shell.Recording;

/// <summary>How an emulator was started, without the program.</summary>
internal sealed record EmulatorCommandLine(IReadOnlyList<string> Arguments)
{
    private const string Monitor = RecordedTexts.RunFolder + "/vm-qmp.sock";

    /// <summary>A machine with next to nothing.</summary>
    public static EmulatorCommandLine Guess { get; } = new(
        ["-M", "none", "-nodefaults", "-display", "none", "-qmp", $"unix:{Monitor},server=on,wait=off"]);

    /// <summary>That of a running process, if the system tells.</summary>
    public static EmulatorCommandLine? Of(int process)
    {
        string file = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/cmdline");
        try
        {
            string[] words = File.ReadAllText(file).Split('\0')[..^1];
            // A program of .NET may have been started by 'dotnet FILE.dll'.
            int program = words.Length > 1 && words[1].EndsWith(".dll", StringComparison.Ordinal) ? 2 : 1;
            return new EmulatorCommandLine(words[program..]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The arguments as a recording has them.</summary>
    /// <param name="socket">The monitor's socket, which gets the name that replays look for.</param>
    /// <param name="texts">What becomes of other files beside it.</param>
    public IReadOnlyList<string> Generalise(string? socket, RecordedTexts texts)
    {
        if (socket is null) return Arguments;
        string name = Path.GetFileName(socket);
        return
        [
            .. Arguments.Select(a => texts.Generalise(a.Replace(socket, Monitor, StringComparison.Ordinal))
                // It may have been named relative to the emulator's folder.
                .Replace($"unix:{name}", $"unix:{Monitor}", StringComparison.Ordinal)
                .Replace($"path={name}", $"path={Monitor}", StringComparison.Ordinal)),
        ];
    }
}
