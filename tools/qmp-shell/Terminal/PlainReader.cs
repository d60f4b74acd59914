using Qmp.Shell.Output;

namespace Qmp.Shell.Terminal;

/// <summary>Reads lines from a terminal that cannot move its cursor.</summary>
internal sealed class PlainReader(TextReader input, TextWriter output) : ILineReader
{
    private readonly Lock _gate = new(); // one line at a time

    public int Width => 80;

    public async Task<LineRead> ReadAsync(string prompt, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            output.Write(prompt);
            output.Flush();
        }

        // Not cancellable itself: a line may take for ever.
        Task<string?> reading = Task.Run(input.ReadLine, CancellationToken.None);
        return await reading.WaitAsync(cancellationToken) is { } line
            ? new(LineEnd.Entered, line)
            : new(LineEnd.EndOfInput, "");
    }

    public void Print(Painted lines)
    {
        lock (_gate) output.WriteLine(lines.Text);
    }
}
