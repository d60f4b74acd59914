namespace Qapi.Tests.Messages;

internal static class DirectiveMessages
{
    public static IEnumerable<MessageCase> Cases =>
    [
        new("G1", """
            { 'pragma': {}, 'if': 'LINUX' }
            """, """
            schema.json:1: invalid 'pragma' directive
            """),
        new("G2", """
            { 'pragma': 'doc-required' }
            """, """
            schema.json:1: value of 'pragma' must be an object
            """),
        new("G3", """
            { 'pragma': { 'doc-required': 'yes' } }
            """, """
            schema.json:1: pragma 'doc-required' must be boolean
            """),
        new("G4", """
            { 'pragma': { 'member-name-exceptions': [ 'Mode', true ] } }
            """, """
            schema.json:1: pragma member-name-exceptions must be a list of strings
            """),
        new("G5", """
            { 'pragma': { 'be-kind': true } }
            """, """
            schema.json:1: unknown pragma 'be-kind'
            """),
        new("I1", """
            { 'include': 'more.json', 'if': 'LINUX' }
            """, """
            schema.json:1: invalid 'include' directive
            """,
            ("more.json", "")),
        new("I2", """
            { 'include': [ 'more.json' ] }
            """, """
            schema.json:1: value of 'include' must be a string
            """,
            ("more.json", "")),
        new("I3", """
            { 'include': 'more.json' }
            """, """
            In file included from schema.json:1:
            more.json:2: inclusion loop for schema.json
            """,
            ("more.json", """
            # round and round
            { 'include': 'schema.json' }
            """)),
        new("I3", """
            { 'include': 'schema.json' }
            """, """
            schema.json:1: inclusion loop for schema.json
            """),
        new("I4", """
            { 'include': 'parts/absent.json' }
            """, """
            schema.json:1: can't read include file 'parts/absent.json': No such file or directory
            """),
    ];
}
