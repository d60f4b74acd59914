using System.Text;
using Qmp.Protocol.Json;
using Qmp.Protocol.Tests.Support;

namespace Qmp.Protocol.Tests.Server;

/// <summary>What a session and QEMU 11.1 say to random tokens, byte by byte.</summary>
[Category("Fuzz"), Category("Slow")]
internal sealed class NewerQemuTests
{
    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "'", " ", "\n", "\t", "\r\n", "\u0001", "\0", "-", "0", "1", "12.5", "1e", ".",
        "true", "nul", "null", "X", "\\", "@", "%", "\"\\ud83d\"", "\"\\q\"", "\u00E4", "\"\u00E4\"", "\"a\"", "\"a\":",
        "\"b\":", "\"a\":1,", "[1,", "{\"a\":1,", "{\"b\":{", "{}", "[]", "\u0085", "\u007F", "\"\\u0061\":", "\"id\":1",
    ];

    [Test]
    public async Task Random_tokens_are_answered_as_QEMU_answers_them()
    {
        await using NewerQemu qemu = await NewerQemu.StartAsync();
        await using var server = new TestServer(o => o with { JsonDialect = JsonDialect.Qemu11 });
        using TestClient client = server.Connect();
        await client.ReadAsync();
        int answers = 0;
        int count = Fuzzing.Count(1000, 50_000);
        // All in one connection each, over which lines and columns are counted.
        for (int number = 0; number < count; number++)
        {
            // A control character and a request end whatever was begun; the answer to that is told by its id.
            byte[] input = [.. Input(Fuzzing.RandomOf(number)), .. Encoding.ASCII.GetBytes($"\u0001{{\"id\":\"#{number}\"}}")];
            string end = $"{{\"id\": \"#{number}\", ";
            await qemu.SendAsync(input);
            client.Send(input);
            string? expected;
            do
            {
                expected = await qemu.ReadAsync();
                string actual = await client.ReadAsync();
                Assert.That(
                    actual, Is.EqualTo(expected + "\r\n"),
                    $"seed {Fuzzing.Seed}, case {number}: {Convert.ToHexString(input)} {Encoding.Latin1.GetString(input)}");
                answers++;
            }
            while (!expected!.StartsWith(end, StringComparison.Ordinal));
        }

        TestContext.Out.WriteLine($"{count} inputs, {answers} answers");
        Assert.That(answers, Is.GreaterThan(3 * count));
    }

    private static byte[] Input(Random random)
    {
        byte[] pieces =
        [
            .. Enumerable.Range(0, random.Next(1, 30))
                .SelectMany(_ => Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)])),
        ];
        if (random.Next(4) == 0) pieces[random.Next(pieces.Length)] = (byte)random.Next(256);
        if (random.Next(8) == 0) pieces[random.Next(pieces.Length)] = 0xFF;
        return pieces;
    }
}
