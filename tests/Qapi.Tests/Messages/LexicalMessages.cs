namespace Qapi.Tests.Messages;

internal static class LexicalMessages
{
    public static IEnumerable<MessageCase> Cases =>
    [
        new("L1", """
            { 'command': 'stop }
            """, """
            schema.json:1:14: missing terminating "'"
            """),
        new("L2", """
            { 'command': 'st\nop' }
            """, """
            schema.json:1:14: unknown escape \n
            """),
        new("L3", """
            { 'command': 'stöp' }
            """, """
            schema.json:1:14: funny character in string
            """),
        new("L4", """
            { 'command': 'stop', 'gen': no }
            """, """
            schema.json:1:29: stray 'no'
            """),
    ];
}
