namespace Qapi.Tool;

/// <summary>
/// Schema files on disk, relative to a directory; failures in the system's words. Each is read once, however often it is
/// asked for: it may be a pipe.
/// </summary>
internal sealed class DiskFiles(string directory) : ISchemaFiles
{
    /// <summary>No schema comes near: QEMU's have 1 MiB, all modules together.</summary>
    private const int MaxFileBytes = 64 << 20;

    private const int MaxBytes = 256 << 20;
    private const string NoSuchFile = "No such file or directory";

    /// <summary>How long the next bytes of a pipe are waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, SchemaFile> _read = [];
    private long _bytes;

    public string CurrentDirectory { get; } = directory.Replace('\\', '/');

    public SchemaFile Read(string path)
    {
        if (path.Length == 0)
            return SchemaFile.Unreadable(NoSuchFile);
        var file = Path.Combine(directory, path);
        if (!_read.TryGetValue(file, out var content))
            _read[file] = content = ReadOnce(file);
        return content;
    }

    private SchemaFile ReadOnce(string file)
    {
        try
        {
            var reading = new BoundedRead(file);
            if (!reading.Wait())
                return SchemaFile.Unreadable($"nothing has come from it for {Patience.TotalSeconds} s");
            if (reading.Content is not { } content)
                return SchemaFile.Unreadable($"File too large: more than {MaxFileBytes >> 20} MiB");
            _bytes += content.Length;
            return _bytes > MaxBytes
                ? SchemaFile.Unreadable($"File too large: with it the schema has more than {MaxBytes >> 20} MiB")
                : SchemaFile.Found(content);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return SchemaFile.Unreadable(NoSuchFile);
        }
        catch (UnauthorizedAccessException)
        {
            return SchemaFile.Unreadable(Directory.Exists(file) ? "Is a directory" : "Permission denied");
        }
        catch (PathTooLongException)
        {
            return SchemaFile.Unreadable("File name too long");
        }
        catch (IOException failure)
        {
            return SchemaFile.Unreadable(failure.Message);
        }
    }

    /// <summary>
    /// Reads a file that may have no end, or that nobody writes to: then even opening it waits. The thread that waits is
    /// left to the end of the process.
    /// </summary>
    private sealed class BoundedRead
    {
        private readonly string _file;
        private readonly Task _reading;
        private long _progress;

        public BoundedRead(string file)
        {
            _file = file;
            _reading = Task.Run(Read);
        }

        /// <summary>What was read; null if it is more than a schema file may have.</summary>
        public byte[]? Content { get; private set; }

        /// <returns>Whether it was read to its end, or to the limit.</returns>
        /// <exception cref="IOException">It cannot be read.</exception>
        public bool Wait()
        {
            var seen = 0L;
            while (Task.WhenAny(_reading, Task.Delay(Patience)).GetAwaiter().GetResult() != _reading)
            {
                var now = Volatile.Read(ref _progress);
                if (now == seen)
                    return false;
                seen = now;
            }
            _reading.GetAwaiter().GetResult();
            return true;
        }

        private void Read()
        {
            using var input = new FileStream(_file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            using var content = new MemoryStream();
            var chunk = new byte[1 << 16];
            while (input.Read(chunk) is var count and > 0)
            {
                content.Write(chunk, 0, count);
                Volatile.Write(ref _progress, content.Length);
                if (content.Length > MaxFileBytes)
                    return;
            }
            Content = content.ToArray();
        }
    }
}
