using System.Text;

namespace Qmp.Tools;

/// <summary>What was to be printed on standard output could not be written.</summary>
internal sealed class OutputException(Exception cause) : Exception($"standard output: {cause.Message}", cause);

/// <summary>
/// Standard output and standard error of a tool. A tool whose output is lost says so and fails; what it says on standard
/// error may be lost without harm.
/// </summary>
internal static class StandardStreams
{
    /// <summary>Schema text and messages are UTF-8, whatever the terminal's locale says.</summary>
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Runs a tool.</summary>
    /// <param name="tool">Its name, for messages.</param>
    /// <param name="failure">The exit status if its output could not be written.</param>
    /// <param name="run">Does its work with standard output and standard error, and returns the exit status.</param>
    /// <param name="text">Changes what is printed on both, such as by escaping; nothing by default.</param>
    /// <returns>The exit status.</returns>
    public static async Task<int> RunAsync(
        string tool, int failure, Func<TextWriter, TextWriter, Task<int>> run, Func<TextWriter, TextWriter>? text = null)
    {
        text ??= writer => writer;
        bool hasOutput = IsOpen(1); // before another stream takes its number
        TextWriter error = text(OpenError());
        try
        {
            if (!hasOutput) throw new OutputException(new IOException("Bad file descriptor"));
            TextWriter output = text(Open(Console.OpenStandardOutput, isCritical: true));
            int status = await run(output, error);
            await output.FlushAsync();
            return status;
        }
        catch (OutputException e)
        {
            error.WriteLine($"{tool}: {e.Message}");
            return failure;
        }
    }

    /// <summary>Standard error: each line leaves at once, and failures to write it are ignored.</summary>
    public static TextWriter OpenError() =>
        Open(IsOpen(2) ? Console.OpenStandardError : () => Stream.Null, isCritical: false);

    // A descriptor that a shell has closed (>&-) would be the next one to be opened, and lead elsewhere.
    private static bool IsOpen(int descriptor) =>
        !Directory.Exists("/proc/self/fd") || new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget is not null;

    private static TextWriter Open(Func<Stream> open, bool isCritical)
    {
        Stream stream;
        try
        {
            stream = open();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (isCritical) throw new OutputException(e);
            stream = Stream.Null;
        }

        // Each line leaves at once: whoever reads a pipe waits for it. Several threads may print.
        return TextWriter.Synchronized(new StreamWriter(new GuardedStream(stream, isCritical), Utf8, 4096) { AutoFlush = true });
    }

    /// <summary>A stream that turns failures to write into <see cref="OutputException"/>, or ignores them.</summary>
    private sealed class GuardedStream(Stream inner, bool isCritical) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                inner.Write(buffer);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                if (isCritical) throw new OutputException(e);
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
            // The console's streams keep nothing back.
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
