using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Qmp.Conversations.Files;

/// <summary>JSON on one line.</summary>
internal static class JsonLine
{
    // The depth of recorded ids is the writer's limit, too; quotes and braces stay legible.
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = ConversationReader.Options.MaxDepth,
    };

    public static string Of(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Options)) write(json);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
