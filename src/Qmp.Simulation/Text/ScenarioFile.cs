using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Emulator.Files;
using Qmp.Protocol.Json;
using Qmp.Protocol.Visitors;
using Qmp.Types;

namespace Qmp.Simulation.Text;

/// <summary>Reads scenarios; their types are in <c>schema/scenario.json</c>.</summary>
public static class ScenarioFile
{
    private const int MaxLength = 4 << 20;

    /// <summary>What programs take for the path of their standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>Reads a file as people write it: with comments and units, too.</summary>
    /// <exception cref="ScenarioException">The file cannot be read, or is not a scenario.</exception>
    public static MigrationScenario Read(string path) => Parse(ReadPlain(path));

    /// <inheritdoc cref="Read(string)"/>
    public static MigrationScenario Read(Stream file) => Parse(ReadPlain(file));

    /// <summary>Reads a file to plain JSON, which need not be a whole scenario.</summary>
    /// <exception cref="ScenarioException">The file cannot be read, is too long, or is not JSON.</exception>
    public static JObject ReadPlain(string path) => ScenarioText.Parse(Encoding.UTF8.GetString(ReadBytes(path)));

    /// <inheritdoc cref="ReadPlain(string)"/>
    public static JObject ReadPlain(Stream file) => ScenarioText.Parse(Encoding.UTF8.GetString(ReadAll(file)));

    /// <summary>Reads JSON, of QEMU's dialect.</summary>
    /// <exception cref="ScenarioException">The text is not a scenario.</exception>
    public static MigrationScenario Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            using var reader = new QmpJsonReader(json);
            return Parse(JObject.Load(reader));
        }
        catch (JsonException e)
        {
            throw new ScenarioException(e.Message);
        }
    }

    /// <summary>Reads JSON.</summary>
    /// <exception cref="ScenarioException">It is not a scenario.</exception>
    public static MigrationScenario Parse(JObject json)
    {
        try
        {
            var visitor = new JsonInputVisitor { NamesElements = true };
            visitor.Reset(json);
            return MigrationScenarioVisitor.Read(visitor, null);
        }
        catch (VisitorException e)
        {
            throw new ScenarioException(e.Message);
        }
    }

    private static byte[] ReadBytes(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return ReadAll(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ScenarioException(FileErrors.Text(e));
        }
    }

    // What has no end, such as a device, is not read to it.
    private static byte[] ReadAll(Stream file)
    {
        byte[] buffer = new byte[MaxLength + 1];
        int length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return length <= MaxLength
            ? buffer[..length]
            : throw new ScenarioException($"The file has more than {MaxLength >> 20} MiB");
    }
}

/// <summary>A scenario that makes no sense.</summary>
public sealed class ScenarioException : Exception
{
    /// <summary>Makes one.</summary>
    public ScenarioException(string message)
        : base(message)
    {
    }
}
