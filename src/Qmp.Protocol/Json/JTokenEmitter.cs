using System.Globalization;
using System.Numerics;
using Newtonsoft.Json.Linq;

namespace Qmp.Protocol.Json;

/// <summary>Writes trees as QEMU would: every object in hash order.</summary>
internal static class JTokenEmitter
{
    /// <summary>Writes a value where the emitter stands; its name or separator has been written.</summary>
    public static void Write(JsonEmitter emitter, JToken token)
    {
        switch (token)
        {
            case JObject members:
                emitter.Open('{');
                WriteMembers(emitter, members);
                emitter.Close('}');
                break;
            case JArray elements:
                emitter.Open('[');
                foreach (JToken element in elements)
                {
                    emitter.Element();
                    Write(emitter, element);
                }

                emitter.Close(']');
                break;
            case JValue value:
                WriteScalar(emitter, value);
                break;
            default:
                throw new ArgumentException($"{token.Type} is no JSON value", nameof(token));
        }
    }

    private static void WriteMembers(JsonEmitter emitter, JObject members)
    {
        if (members.Count < 2)
        {
            foreach (JProperty property in members.Properties()) WriteMember(emitter, property);
            return;
        }

        List<JProperty> properties = [.. members.Properties()];
        int[] order = QDictOrder.Sort(properties.ConvertAll(p => p.Name));
        foreach (int index in order) WriteMember(emitter, properties[index]);
    }

    /// <summary>Writes one member of an object.</summary>
    public static void WriteMember(JsonEmitter emitter, JProperty property)
    {
        emitter.Name(property.Name);
        Write(emitter, property.Value);
    }

    private static void WriteScalar(JsonEmitter emitter, JValue value)
    {
        switch (value.Value)
        {
            case null: emitter.Null(); break;
            case bool boolean: emitter.Boolean(boolean); break;
            case string text: emitter.Quote(text); break;
            case ulong unsigned: emitter.Integer(unsigned); break;
            case double or float or decimal:
                emitter.Number(Convert.ToDouble(value.Value, CultureInfo.InvariantCulture));
                break;
            case BigInteger big when big >= 0 && big <= ulong.MaxValue: emitter.Integer((ulong)big); break;
            case BigInteger big: emitter.Number(NumberLiteral.ToDouble(big)); break;
            case long or int or short or sbyte or byte or ushort or uint:
                emitter.Integer(Convert.ToInt64(value.Value, CultureInfo.InvariantCulture));
                break;
            default:
                // Trees of other origin may hold dates, identifiers and the like: text on the wire.
                emitter.Quote(value.ToString(CultureInfo.InvariantCulture));
                break;
        }
    }
}
