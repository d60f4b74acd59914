using System.Text;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;

namespace Qmp.Protocol.Visitors;

/// <summary>Puts members that the schema does not know among those that it does, in the order of QEMU's output.</summary>
internal sealed class ExtensionCursor
{
    private readonly Queue<(int Bucket, JProperty Member)> _rest;

    public ExtensionCursor(JObject extension, int depth)
    {
        Depth = depth;
        List<JProperty> members = [.. extension.Properties()];
        int[] order = QDictOrder.Sort(members.ConvertAll(member => member.Name));
        _rest = new(order.Select(index => (QDictOrder.Bucket(members[index].Name), members[index])));
    }

    /// <summary>How deep the object is nested that the members belong to.</summary>
    public int Depth { get; }

    /// <summary>Writes what comes before a member of the schema, which was there first.</summary>
    public void WriteBefore(JsonEmitter emitter, ReadOnlySpan<byte> name)
    {
        int bucket = QDictOrder.Bucket(Encoding.UTF8.GetString(name));
        while (_rest.TryPeek(out var next) && next.Bucket <= bucket)
        {
            _rest.Dequeue();
            JTokenEmitter.WriteMember(emitter, next.Member);
        }
    }

    /// <summary>Writes what comes after the last member of the schema.</summary>
    public void WriteRest(JsonEmitter emitter)
    {
        foreach ((_, JProperty member) in _rest) JTokenEmitter.WriteMember(emitter, member);
    }
}
