using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Protocol.Json;
using Qmp.Protocol.Visitors;
using Qmp.Types;

namespace Qmp.Emulator.Scenarios;

/// <summary>Reads scenarios; their types are in <c>schema/scenario.json</c>.</summary>
public static class ScenarioFile
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="ScenarioException">There is no such file, or it is no scenario.</exception>
    public static MigrationScenario Read(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path));
        }
        catch (ScenarioException e)
        {
            throw new ScenarioException(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ScenarioException(e.Message);
        }
    }

    /// <summary>Reads JSON, of QEMU's dialect.</summary>
    /// <exception cref="ScenarioException">It is no scenario.</exception>
    public static MigrationScenario Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            using var reader = new QmpJsonReader(json);
            var visitor = new JsonInputVisitor();
            visitor.Reset(JObject.Load(reader));
            return MigrationScenarioVisitor.Read(visitor, null);
        }
        catch (Exception e) when (e is VisitorException or JsonException)
        {
            throw new ScenarioException(e.Message);
        }
    }
}
