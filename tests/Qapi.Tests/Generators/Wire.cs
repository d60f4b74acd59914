using System.Text;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Visitors;

namespace Qapi.Tests.Generators;

/// <summary>Generated readers and writers between text and values.</summary>
internal static class Wire
{
    public static JToken Parse(string json) => JToken.ReadFrom(new QmpJsonReader(Encoding.UTF8.GetBytes(json)));

    /// <summary>Reads a value from a tree and from tokens: both must have the same outcome.</summary>
    public static T Read<T>(ValueReader<T> reader, string json, bool tolerant = false, CompatPolicy? policy = null)
    {
        var visitor = new JsonInputVisitor(tolerant, policy);
        using JsonMessage message = JsonMessage.Parse(Encoding.UTF8.GetBytes(json));
        visitor.Reset(message, 0);
        (T? value, string? error) = Outcome(reader, visitor);
        visitor.Reset(Parse(json));
        Assert.That(Outcome(reader, visitor), Is.EqualTo((value, error)), "from a tree, after tokens");
        return error is null ? value! : throw new VisitorException(error);
    }

    private static (T? Value, string? Error) Outcome<T>(ValueReader<T> reader, JsonInputVisitor visitor)
    {
        try
        {
            return (reader(visitor, null), null);
        }
        catch (VisitorException e)
        {
            return (default, e.Message);
        }
    }

    public static string Write<T>(ValueWriter<T> writer, T value, CompatPolicy? policy = null)
    {
        using var bytes = new ByteBuffer();
        writer(new JsonOutputVisitor(bytes, policy: policy), default, value);
        return Encoding.UTF8.GetString(bytes.Span);
    }

    /// <summary>The text as QEMU would print it, without any schema.</summary>
    public static string Sorted(string json) =>
        Write<JToken>((visitor, name, value) => visitor.WriteAny(name, value), Parse(json));

    /// <summary>What reading says; fails the test if it says nothing.</summary>
    public static string Error<T>(ValueReader<T> reader, string json, CompatPolicy? policy = null) =>
        Assert.Throws<VisitorException>(() => Read(reader, json, policy: policy))!.Message;
}
