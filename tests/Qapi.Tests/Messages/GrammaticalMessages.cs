namespace Qapi.Tests.Messages;

internal static class GrammaticalMessages
{
    public static IEnumerable<MessageCase> Cases =>
    [
        new("P1", """
            { [ 'command' ] }
            """, """
            schema.json:1:3: expected string or '}'
            """),
        new("P2", """
            { 'command', 'stop' }
            """, """
            schema.json:1:12: expected ':'
            """),
        new("P3", """
            { 'command': 'stop',
              'command': 'cont' }
            """, """
            schema.json:2:14: duplicate key 'command'
            """),
        new("P4", """
            { 'command': 'stop' 'gen': false }
            """, """
            schema.json:1:21: expected ',' or '}'
            """),
        new("P5", """
            { 'command': 'stop', }
            """, """
            schema.json:1:22: expected string
            """),
        new("P6", """
            { 'enum': 'Mode', 'data': [ , ] }
            """, """
            schema.json:1:29: expected '{', '[', ']', string, or boolean
            """),
        new("P7", """
            { 'enum': 'Mode', 'data': [ 'on' 'off' ] }
            """, """
            schema.json:1:34: expected ',' or ']'
            """),
        new("P8", """
            { 'enum': 'Mode', 'data': : }
            """, """
            schema.json:1:27: expected '{', '[', string, or boolean
            """),
        new("P9", """
            [ 'stop', 'cont' ]
            """, """
            schema.json:1: top-level expression must be an object
            """),
    ];
}
