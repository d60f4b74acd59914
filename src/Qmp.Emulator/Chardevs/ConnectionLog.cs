using System.Globalization;
using System.Text;

namespace Qmp.Emulator.Chardevs;

/// <summary>A file with a copy of what a character device sends.</summary>
/// <param name="file">The file; disposed with the log.</param>
/// <param name="stamps">Whether each line begins with the time at which its first byte was sent, in UTC.</param>
/// <param name="time">Tells it.</param>
internal sealed class ConnectionLog(FileStream file, bool stamps, TimeProvider time) : IDisposable
{
    private const string Stamp = "yyyy-MM-ddTHH:mm:ss.ffffff'Z '";

    private bool _isInLine;

    /// <summary>Writes a copy. Calls come one after the other.</summary>
    /// <exception cref="IOException">The file takes no more.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (stamps && bytes.Length > 0)
        {
            if (!_isInLine)
            {
                string now = time.GetUtcNow().ToString(Stamp, CultureInfo.InvariantCulture);
                file.Write(Encoding.ASCII.GetBytes(now));
            }

            int end = bytes.IndexOf((byte)'\n') + 1;
            _isInLine = end == 0;
            if (_isInLine) break;
            file.Write(bytes[..end]);
            bytes = bytes[end..];
        }

        file.Write(bytes);
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
