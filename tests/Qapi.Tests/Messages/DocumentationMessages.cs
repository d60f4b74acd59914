namespace Qapi.Tests.Messages;

internal static class DocumentationMessages
{
    public static IEnumerable<MessageCase> Cases =>
    [
        new("D1", """
            ##
            # Stops it.
            ##
            { 'command': 'stop', 'data': { 'when': 'int' } }
            """, """
            schema.json:1: definition documentation required
            """),
        new("D2", """
            ##
            # @stop:
            ##
            { 'pragma': {} }
            """, """
            schema.json:1: documentation for 'stop' is not followed by the definition
            """),
        new("D2", """
            ##
            # @stop:
            ##
            ##
            # @start:
            ##
            { 'command': 'start' }
            """, """
            schema.json:1: documentation for 'stop' is not followed by the definition
            """),
        new("D2", """
            { 'command': 'start' }
            ##
            # @stop:
            ##
            """, """
            schema.json:2: documentation for 'stop' is not followed by the definition
            """),
        new("D3", """
            ##
            # @stop:
            { 'command': 'stop', 'data': { 'when': 'int' } }
            """, """
            schema.json:3:1: documentation comment must end with '##'
            """),
        new("D4", """
            ##
            # @stop:
            ## Stops it.
            ##
            { 'command': 'stop', 'data': { 'when': 'int' } }
            """, """
            schema.json:3:1: junk after '##' at end of documentation comment
            """),
        new("D5", """
            ##
            # @stop:
            #Stops it.
            ##
            { 'command': 'stop', 'data': { 'when': 'int' } }
            """, """
            schema.json:3:1: missing space after #
            """),
        new("D6", """
            ##
            # @stop:
            #
            # @when: the time,
            #     in seconds
            #   from now
            ##
            { 'command': 'stop', 'data': { 'when': 'int' } }
            """, """
            schema.json:6:1: unexpected de-indent (expected at least 4 spaces)
            """),
        new("D7", """
            ## Stops it.
            ##
            { 'command': 'stop', 'data': { 'when': 'int' } }
            """, """
            schema.json:1:1: junk after '##' at start of documentation comment
            """),
        new("D8", """
            ##
            # @stop: Stops it.
            ##
            { 'command': 'stop', 'data': { 'when': 'int' } }
            """, """
            schema.json:2:1: line should end with ':'
            """),
        new("D9", """
            ##
            # @:
            ##
            { 'command': 'stop', 'data': { 'when': 'int' } }
            """, """
            schema.json:2:1: name required after '@'
            """),
        new("D10", """
            ##
            # @stop:
            #
            # Features:
            #
            # @soft: yields
            #
            # Features:
            #
            # @hard: does not
            ##
            { 'command': 'stop', 'data': { 'when': 'int' } }
            """, """
            schema.json:8:1: duplicated 'Features:' line
            """),
        new("D11", """
            ##
            # @stop:
            #
            # Features:
            #
            # It yields.
            ##
            { 'command': 'stop', 'data': { 'when': 'int' } }
            """, """
            schema.json:6:1: feature descriptions expected
            """),
        new("D12", """
            ##
            # @stop:
            #
            # Since: 1.0
            #
            # @when: the time
            ##
            { 'command': 'stop', 'data': { 'when': 'int' } }
            """, """
            schema.json:6:1: description of '@when:' follows a section
            """),
        new("D13", """
            ##
            # @stop:
            #
            # Notes: do it twice
            ##
            { 'command': 'stop', 'data': { 'when': 'int' } }
            """, """
            schema.json:4:1: The 'Notes' section is no longer supported. Please use rST's '.. note::' or '.. admonition:: notes' directives, or another suitable admonition instead.
            """),
        new("D13", """
            ##
            # @stop:
            #
            # Note: do it twice
            ##
            { 'command': 'stop', 'data': { 'when': 'int' } }
            """, """
            schema.json:4:1: The 'Note' section is no longer supported. Please use rST's '.. note::' or '.. admonition:: notes' directives, or another suitable admonition instead.
            """),
        new("D14", """
            ##
            # @stop:
            #
            # Example:
            #
            #     -> stop
            ##
            { 'command': 'stop', 'data': { 'when': 'int' } }
            """, """
            schema.json:4:1: The 'Example' section is no longer supported. Please use the '.. qmp-example::' directive, or other suitable markup instead.
            """),
        new("D14", """
            ##
            # @stop:
            #
            # Examples: many
            ##
            { 'command': 'stop', 'data': { 'when': 'int' } }
            """, """
            schema.json:4:1: The 'Examples' section is no longer supported. Please use the '.. qmp-example::' directive, or other suitable markup instead.
            """),
        new("D15", """
            ##
            # @stop:
            #
            # = Stopping
            ##
            { 'command': 'stop', 'data': { 'when': 'int' } }
            """, """
            schema.json:4:1: unexpected '=' markup in definition documentation
            """),
        new("D16", """
            ##
            # Stopping
            # @when: the time
            ##
            """, """
            schema.json:3:1: '@when:' not allowed in free-form documentation
            """),
        new("D17", """
            ##
            # Stopping
            # = and starting
            ##
            """, """
            schema.json:3:1: '=' heading must come first in a comment block
            """),
        new("D18", """
            ##
            # @stop:
            #
            # @when:
            #
            # Since: 1.0
            ##
            { 'command': 'stop', 'data': { 'when': 'int' } }
            """, """
            schema.json:4: text required after 'Member:'
            """),
        new("D18", """
            ##
            # @stop:
            #
            # Errors:
            #
            # TODO:
            ##
            { 'command': 'stop', 'data': { 'when': 'int' } }
            """, """
            schema.json:4: text required after 'Errors:'
            """),
        new("D19", """
            ##
            # @stop:
            #
            # @when: the time
            #
            # Since: 1.0
            #
            # Since: 2.0
            ##
            { 'command': 'stop', 'data': { 'when': 'int' } }
            """, """
            schema.json:8: duplicated 'Since' section
            """),
        new("D19", """
            ##
            # @stop:
            #
            # Returns: one number
            #
            # Returns: another
            ##
            { 'command': 'stop', 'returns': 'int' }
            """, """
            schema.json:6: duplicated 'Returns' section
            """),
        new("D19", """
            ##
            # @stop:
            #
            # Errors:
            #     - it has stopped
            #
            # Errors:
            #     - it never ran
            ##
            { 'command': 'stop' }
            """, """
            schema.json:7: duplicated 'Errors' section
            """),
        new("D20", """
            ##
            # @stop:
            #
            # @: the time
            ##
            { 'command': 'stop', 'data': { 'when': 'int' } }
            """, """
            schema.json:4: invalid parameter name
            """),
        new("D21", """
            ##
            # @stop:
            #
            # @when: the time
            #
            # @when: the hour
            ##
            { 'command': 'stop', 'data': { 'when': 'int' } }
            """, """
            schema.json:6: 'when' parameter name duplicated
            """),
    ];
}
