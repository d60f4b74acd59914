namespace Qapi.Tests.Messages;

internal static class ExpressionMessages
{
    public static IEnumerable<MessageCase> Cases =>
    [
        new("X1", """
            { 'command': 'stop', 'event': 'STOP' }
            """, """
            schema.json:1: expression must have exactly one key 'enum', 'struct', 'union', 'alternate', 'command', 'event'
            """),
        new("X2", """
            { 'enum': 'Mode', 'data': [ 'on', { 'name': true } ] }
            """, """
            schema.json: In enum 'Mode':
            schema.json:1: 'data' member requires a string name
            """),
        new("X2", """
            { 'event': [ 'STOP' ] }
            """, """
            schema.json:1: 'event' requires a string name
            """),
        new("X2", """
            { 'enum': 'Mode', 'data': [ 'on', 'idle' ] }
            { 'union': 'Shape', 'base': { 'mode': 'Mode' }, 'discriminator': [], 'data': {} }
            """, """
            schema.json: In union 'Shape':
            schema.json:2: 'discriminator' requires a string name
            """),
        new("X2", """
            { 'command': 'stop', 'features': [ [ 'soft' ] ] }
            """, """
            schema.json: In command 'stop':
            schema.json:1: 'features' member requires a string name
            """),
        new("X3", """
            { 'command': '2stop' }
            """, """
            schema.json: In command '2stop':
            schema.json:1: command has an invalid name
            """),
        new("X3", """
            { 'enum': 'Mode', 'data': [ 'on', 'idle' ] }
            { 'union': 'Shape', 'base': { 'mode': 'Mode', '*q-x': 'int' }, 'discriminator': 'mode', 'data': {} }
            """, """
            schema.json: In union 'Shape':
            schema.json:2: 'base' member '*q-x' has an invalid name
            """),
        new("X3", """
            { 'event': '' }
            """, """
            schema.json:1: event has an invalid name
            """),
        new("X4", """
            { 'event': 'STOPped' }
            """, """
            schema.json: In event 'STOPped':
            schema.json:1: name of event must not use lowercase or '-'
            """),
        new("X5", """
            { 'struct': 'Span', 'data': { 'startTime': 'int' } }
            """, """
            schema.json: In struct 'Span':
            schema.json:1: name of 'data' member 'startTime' must not use uppercase or '_'
            """),
        new("X6", """
            { 'alternate': 'spanOrNull', 'data': { 'n': 'null' } }
            """, """
            schema.json: In alternate 'spanOrNull':
            schema.json:1: name of alternate must use CamelCase
            """),
        new("X7", """
            { 'struct': 'SpanList', 'data': {} }
            """, """
            schema.json: In struct 'SpanList':
            schema.json:1: struct name should not end in 'List'
            """),
        new("X8", """
            ##
            # @start:
            ##
            { 'command': 'stop', 'data': { 'when': 'int' } }
            """, """
            schema.json: In command 'stop':
            schema.json:4: documentation comment is for 'start'
            """),
        new("X9", """
            { 'pragma': { 'doc-required': true } }
            { 'command': 'stop', 'data': { 'when': 'int' } }
            """, """
            schema.json: In command 'stop':
            schema.json:2: documentation comment required
            """),
        new("X10", """
            ##
            # @stop:
            #
            # @when: the time
            #
            # Returns: nothing
            ##
            { 'command': 'stop', 'data': { 'when': 'int' } }
            """, """
            schema.json:6: 'Returns' section, but command doesn't return anything
            """),
        new("X11", """
            ##
            # @STOP:
            #
            # Returns: nothing
            ##
            { 'event': 'STOP' }
            """, """
            schema.json:4: 'Returns' section is only valid for commands
            """),
        new("X12", """
            ##
            # @Mode:
            #
            # Errors: none
            ##
            { 'enum': 'Mode', 'data': [] }
            """, """
            schema.json:4: 'Errors' section is only valid for commands
            """),
        new("X13", """
            { 'union': 'Shape', 'data': {} }
            """, """
            schema.json: In union 'Shape':
            schema.json:1: union misses keys 'base', 'discriminator'
            """),
        new("X13", """
            { 'struct': 'Span', 'data': { 'end': { 'if': 'LINUX' } } }
            """, """
            schema.json: In struct 'Span':
            schema.json:1: 'data' member 'end' misses key 'type'
            """),
        new("X14", """
            { 'event': 'STOP', 'returns': 'int', 'allow-oob': true }
            """, """
            schema.json: In event 'STOP':
            schema.json:1: event has unknown keys 'allow-oob', 'returns'
            Valid keys are 'boxed', 'data', 'event', 'features', 'if'.
            """),
        new("X14", """
            { 'struct': 'Span', 'data': { 'end': { 'type': 'int', 'iff': 'LINUX' } } }
            """, """
            schema.json: In struct 'Span':
            schema.json:1: 'data' member 'end' has unknown key 'iff'
            Valid keys are 'features', 'if', 'type'.
            """),
        new("X15", """
            { 'command': 'stop', 'success-response': true }
            """, """
            schema.json: In command 'stop':
            schema.json:1: flag 'success-response' may only use false value
            """),
        new("X16", """
            { 'command': 'stop', 'allow-preconfig': false }
            """, """
            schema.json: In command 'stop':
            schema.json:1: flag 'allow-preconfig' may only use true value
            """),
        new("X17", """
            { 'command': 'stop', 'coroutine': true, 'allow-oob': true }
            """, """
            schema.json: In command 'stop':
            schema.json:1: flags 'allow-oob' and 'coroutine' are incompatible
            """),
        new("X18", """
            { 'command': 'stop', 'if': { 'any': [ 'LINUX', 'defined(LINUX)' ] } }
            """, """
            schema.json: In command 'stop':
            schema.json:1: 'if' condition 'defined(LINUX)' of command is not a valid identifier
            """),
        new("X19", """
            { 'struct': 'Span', 'data': { '*end': { 'type': 'int', 'if': true } } }
            """, """
            schema.json: In struct 'Span':
            schema.json:1: 'if' condition of 'data' member '*end' must be a string or an object
            """),
        new("X20", """
            { 'event': 'STOP', 'if': { 'all': [ 'LINUX' ], 'not': 'WIN' } }
            """, """
            schema.json: In event 'STOP':
            schema.json:1: 'if' condition of event has conflicting keys
            """),
        new("X21", """
            { 'enum': 'Mode', 'data': [ { 'name': 'on', 'if': { 'all': 'LINUX' } } ] }
            """, """
            schema.json: In enum 'Mode':
            schema.json:1: 'all' condition of 'data' member 'on' must be an array
            """),
        new("X22", """
            { 'command': 'stop', 'features': [ { 'name': 'soft', 'if': { 'any': [] } } ] }
            """, """
            schema.json: In command 'stop':
            schema.json:1: 'if' condition [] of 'features' member 'soft' is useless
            """),
        new("X23", """
            { 'struct': 'Span', 'base': [ 'Mode' ], 'data': {} }
            """, """
            schema.json: In struct 'Span':
            schema.json:1: 'base' should be a type name
            """),
        new("X24", """
            { 'command': 'stop', 'returns': {} }
            """, """
            schema.json: In command 'stop':
            schema.json:1: 'returns' should be a type name or array
            """),
        new("X25", """
            { 'struct': 'Span', 'data': { 'ends': [ 'int', 'int' ] } }
            """, """
            schema.json: In struct 'Span':
            schema.json:1: 'data' member 'ends': array type must contain single type name
            """),
        new("X26", """
            { 'event': 'STOP', 'data': [ 'int' ] }
            """, """
            schema.json: In event 'STOP':
            schema.json:1: 'data' should be an object or type name
            """),
        new("X26", """
            { 'struct': 'Span', 'data': 'Other' }
            """, """
            schema.json: In struct 'Span':
            schema.json:1: 'data' should be an object or type name
            """),
        new("X26", """
            { 'union': 'Shape', 'base': [ 'Mode' ], 'discriminator': 'mode', 'data': {} }
            """, """
            schema.json: In union 'Shape':
            schema.json:1: 'base' should be an object or type name
            """),
        new("X27", """
            { 'struct': 'Span', 'data': { '*has-end': 'bool' } }
            """, """
            schema.json: In struct 'Span':
            schema.json:1: 'data' member '*has-end' uses reserved name
            """),
        new("X28", """
            { 'command': 'stop', 'features': 'soft' }
            """, """
            schema.json: In command 'stop':
            schema.json:1: 'features' must be an array
            """),
        new("X29", """
            { 'enum': 'Mode', 'data': { 'on': 'off' } }
            """, """
            schema.json: In enum 'Mode':
            schema.json:1: 'data' must be an array
            """),
        new("X30", """
            { 'enum': 'Mode', 'prefix': true, 'data': [] }
            """, """
            schema.json: In enum 'Mode':
            schema.json:1: 'prefix' must be a string
            """),
        new("X31", """
            { 'enum': 'Mode', 'data': [ 'on', 'idle' ] }
            { 'union': 'Shape', 'base': { 'mode': 'Mode' }, 'discriminator': 'mode', 'data': 'Mode' }
            """, """
            schema.json: In union 'Shape':
            schema.json:2: 'data' must be an object
            """),
        new("X31", """
            { 'alternate': 'Either', 'data': [ 'int' ] }
            """, """
            schema.json: In alternate 'Either':
            schema.json:1: 'data' must be an object
            """),
        new("X32", """
            { 'alternate': 'Either', 'data': {} }
            """, """
            schema.json: In alternate 'Either':
            schema.json:1: 'data' must not be empty
            """),
        new("X33", """
            { 'command': 'stop', 'boxed': true }
            """, """
            schema.json: In command 'stop':
            schema.json:1: 'boxed': true requires 'data'
            """),
        new("X33", """
            { 'event': 'STOP', 'boxed': true }
            """, """
            schema.json: In event 'STOP':
            schema.json:1: 'boxed': true requires 'data'
            """),
    ];
}
