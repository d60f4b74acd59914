namespace Qapi.Tests.Messages;

internal static class SemanticMessages
{
    public static IEnumerable<MessageCase> Cases =>
    [
        new("S1", """
            { 'include': 'more.json' }
            { 'command': 'stop' }
            """, """
            schema.json: In command 'stop':
            schema.json:2: 'stop' is already defined
            In file included from schema.json:1:
            more.json: In command 'stop':
            more.json:2: previous definition
            """,
            ("more.json", """
            # first
            { 'command': 'stop' }
            """)),
        new("S1", """
            { 'command': 'stop', 'data': { 'a': 'int' } }
            { 'command': 'stop', 'data': { 'b': 'int' } }
            """, """
            schema.json: In command 'stop':
            schema.json:2: 'stop' is already defined
            schema.json: In command 'stop':
            schema.json:1: previous definition
            """),
        new("S2", """
            { 'command': 'any' }
            """, """
            schema.json: In command 'any':
            schema.json:1: built-in type 'any' is already defined
            """),
        new("S2", """
            { 'command': 'size' }
            """, """
            schema.json: In command 'size':
            schema.json:1: built-in type 'size' is already defined
            """),
        new("S3", """
            { 'command': 'stop', 'returns': 'Span' }
            """, """
            schema.json: In command 'stop':
            schema.json:1: command's 'returns' uses unknown type 'Span'
            """),
        new("S3", """
            { 'struct': 'Span', 'base': 'Line', 'data': {} }
            """, """
            schema.json: In struct 'Span':
            schema.json:1: 'base' uses unknown type 'Line'
            """),
        new("S3", """
            { 'command': 'stop', 'data': 'Span' }
            """, """
            schema.json: In command 'stop':
            schema.json:1: command's 'data' uses unknown type 'Span'
            """),
        new("S3", """
            { 'event': 'STOP', 'data': { 'ends': [ 'Span' ] } }
            """, """
            schema.json: In event 'STOP':
            schema.json:1: event uses unknown type 'Span'
            """),
        new("S3", """
            { 'event': 'STOP', 'data': { 'end': 'Span' } }
            """, """
            schema.json: In event 'STOP':
            schema.json:1: parameter 'end' uses unknown type 'Span'
            """),
        new("S4", """
            { 'struct': 'Span', 'data': {}, 'features': [ 'soft', 'unstable' ] }
            """, """
            schema.json: In struct 'Span':
            schema.json:1: feature 'unstable' is not supported for types
            """),
        new("S5", """
            { 'struct': 'Egg', 'base': 'Hen', 'data': {} }
            { 'struct': 'Hen', 'base': 'Egg', 'data': {} }
            """, """
            schema.json: In struct 'Egg':
            schema.json:1: object Egg contains itself
            """),
        new("S5", """
            { 'enum': 'Mode', 'data': [ 'on', 'idle' ] }
            { 'union': 'Shape', 'base': { 'mode': 'Mode' }, 'discriminator': 'mode', 'data': { 'on': 'Shape' } }
            """, """
            schema.json: In union 'Shape':
            schema.json:2: object Shape contains itself
            """),
        new("S6", """
            { 'enum': 'Mode', 'data': [ 'on', 'idle' ] }
            { 'struct': 'Span', 'base': 'Mode', 'data': {} }
            """, """
            schema.json: In struct 'Span':
            schema.json:2: 'base' requires a struct type, enum type 'Mode' isn't
            """),
        new("S7", """
            { 'alternate': 'Either', 'data': { 'this': 'int', 'that': 'any' } }
            """, """
            schema.json: In alternate 'Either':
            schema.json:1: branch 'that' cannot use built-in type 'any'
            """),
        new("S7", """
            { 'enum': 'Mode', 'data': [ 'on', 'idle' ] }
            { 'union': 'Shape', 'base': { 'mode': 'Mode' }, 'discriminator': 'mode', 'data': { 'on': 'Mode' } }
            """, """
            schema.json: In union 'Shape':
            schema.json:2: branch 'on' cannot use enum type 'Mode'
            """),
        new("S8", """
            { 'enum': 'Mode', 'data': [ 'on', 'idle' ] }
            { 'alternate': 'Either', 'data': { 'flag': 'bool', 'mode': 'Mode' } }
            """, """
            schema.json: In alternate 'Either':
            schema.json:2: branch 'mode' can't be distinguished from 'flag'
            """),
        new("S9", """
            { 'enum': 'Mode', 'data': [ 'on', 'idle' ] }
            { 'union': 'Shape', 'base': { 'mode': 'Mode' }, 'discriminator': 'kind', 'data': {} }
            """, """
            schema.json: In union 'Shape':
            schema.json:2: discriminator 'kind' is not a member of 'base'
            """),
        new("S10", """
            { 'struct': 'Root', 'data': { 'mode': 'str' } }
            { 'union': 'Shape', 'base': 'Root', 'discriminator': 'mode', 'data': {} }
            """, """
            schema.json: In union 'Shape':
            schema.json:2: discriminator member 'mode' of base type 'Root' must be of enum type
            """),
        new("S10", """
            { 'union': 'Shape', 'base': { 'mode': 'str' }, 'discriminator': 'mode', 'data': {} }
            """, """
            schema.json: In union 'Shape':
            schema.json:1: discriminator member 'mode' of 'base' must be of enum type
            """),
        new("S11", """
            { 'enum': 'Mode', 'data': [ 'on', 'idle' ] }
            { 'union': 'Shape', 'base': { '*mode': 'Mode' }, 'discriminator': 'mode', 'data': {} }
            """, """
            schema.json: In union 'Shape':
            schema.json:2: discriminator member 'mode' of 'base' must not be optional
            """),
        new("S12", """
            { 'enum': 'Mode', 'data': [ 'on', 'idle' ] }
            { 'union': 'Shape',
              'base': { 'mode': { 'type': 'Mode', 'if': 'LINUX' } },
              'discriminator': 'mode', 'data': {} }
            """, """
            schema.json: In union 'Shape':
            schema.json:2: discriminator member 'mode' of 'base' must not be conditional
            """),
        new("S13", """
            { 'enum': 'Mode', 'data': [] }
            { 'union': 'Shape', 'base': { 'mode': 'Mode' }, 'discriminator': 'mode', 'data': {} }
            """, """
            schema.json: In union 'Shape':
            schema.json:2: union has no branches
            """),
        new("S14", """
            { 'enum': 'Mode', 'data': [ 'on', 'idle' ] }
            { 'union': 'Shape', 'base': { 'mode': 'Mode' }, 'discriminator': 'mode', 'data': { 'off': 'Span' } }
            { 'struct': 'Span', 'data': {} }
            """, """
            schema.json: In union 'Shape':
            schema.json:2: branch 'off' is not a value of enum type 'Mode'
            """),
        new("S15", """
            { 'enum': 'Mode', 'data': [ 'on', 'idle' ] }
            { 'struct': 'Span', 'data': { 'mode': 'int' } }
            { 'union': 'Shape', 'base': { 'mode': 'Mode' }, 'discriminator': 'mode', 'data': { 'on': 'Span' } }
            """, """
            schema.json: In union 'Shape':
            schema.json:3: member 'mode' of type 'Span' collides with base member 'mode'
            """),
        new("S15", """
            { 'struct': 'Span', 'data': { 'end': 'int' } }
            { 'struct': 'Line', 'base': 'Span', 'data': { '*end': 'int' } }
            """, """
            schema.json: In struct 'Line':
            schema.json:2: member 'end' collides with member 'end' of type 'Span'
            """),
        new("S15", """
            { 'pragma': { 'member-name-exceptions': [ 'Mode' ] } }
            { 'enum': 'Mode', 'data': [ 'go-on', 'go_on' ] }
            """, """
            schema.json: In enum 'Mode':
            schema.json:2: value 'go_on' collides with value 'go-on'
            """),
        new("S15", """
            { 'command': 'stop', 'data': { 'when': { 'type': 'int', 'features': [ 'x', 'x' ] } } }
            """, """
            schema.json: In command 'stop':
            schema.json:1: feature 'x' of type 'when' collides with feature 'x' of type 'when'
            """),
        new("S15", """
            { 'command': 'stop', 'features': [ 'x', 'x' ] }
            """, """
            schema.json: In command 'stop':
            schema.json:1: feature 'x' collides with feature 'x'
            """),
        new("S15", """
            { 'event': 'STOP', 'data': { 'when': 'int', '*when': 'int' } }
            """, """
            schema.json: In event 'STOP':
            schema.json:1: parameter 'when' collides with parameter 'when'
            """),
        new("S15", """
            { 'enum': 'Mode', 'data': [ 'on', 'idle' ] }
            { 'event': 'STOP', 'data': { 'mode': 'int' } }
            { 'union': 'Shape', 'base': { 'mode': 'Mode' }, 'discriminator': 'mode',
              'data': { 'on': 'q_obj_STOP-arg' } }
            """, """
            schema.json: In union 'Shape':
            schema.json:3: parameter 'mode' of command 'STOP' collides with base member 'mode'
            """),
        new("S15", """
            { 'enum': 'Mode', 'data': [ 'on', 'idle' ] }
            { 'union': 'Inner', 'base': { 'kind': 'Mode', 'mode': 'int' }, 'discriminator': 'kind', 'data': {} }
            { 'union': 'Shape', 'base': { 'mode': 'Mode' }, 'discriminator': 'mode', 'data': { 'on': 'Inner' } }
            """, """
            schema.json: In union 'Shape':
            schema.json:3: base member 'mode' of type 'Inner' collides with base member 'mode'
            """),
        new("S16", """
            { 'command': 'stop', 'data': 'int' }
            """, """
            schema.json: In command 'stop':
            schema.json:1: command's 'data' cannot take built-in type 'int'
            """),
        new("S16", """
            { 'command': 'stop', 'data': 'intList' }
            """, """
            schema.json: In command 'stop':
            schema.json:1: command's 'data' cannot take array type ['int']
            """),
        new("S17", """
            { 'enum': 'Mode', 'data': [ 'on', 'idle' ] }
            { 'union': 'Shape', 'base': { 'mode': 'Mode' }, 'discriminator': 'mode', 'data': {} }
            { 'command': 'stop', 'data': 'Shape' }
            """, """
            schema.json: In command 'stop':
            schema.json:3: command's 'data' can take union type 'Shape' only with 'boxed': true
            """),
        new("S18", """
            { 'command': 'stop', 'data': { 'when': { 'type': 'int', 'if': 'LINUX' } } }
            """, """
            schema.json: In command 'stop':
            schema.json:1: conditional command arguments require 'boxed': true
            """),
        new("S18", """
            { 'struct': 'Span', 'data': { '*end': { 'type': 'int', 'if': 'LINUX' } } }
            { 'command': 'stop', 'data': 'Span' }
            """, """
            schema.json: In command 'stop':
            schema.json:2: conditional command arguments require 'boxed': true
            """),
        new("S19", """
            { 'enum': 'Mode', 'data': [ 'on', 'idle' ] }
            { 'command': 'stop', 'returns': [ 'Mode' ] }
            """, """
            schema.json: In command 'stop':
            schema.json:2: command's 'returns' cannot take array type ['Mode']
            """),
        new("S20", """
            { 'event': 'STOP', 'data': 'str' }
            """, """
            schema.json: In event 'STOP':
            schema.json:1: event's 'data' cannot take built-in type 'str'
            """),
        new("S21", """
            { 'enum': 'Mode', 'data': [ 'on', 'idle' ] }
            { 'union': 'Shape', 'base': { 'mode': 'Mode' }, 'discriminator': 'mode', 'data': {} }
            { 'event': 'STOP', 'data': 'Shape' }
            """, """
            schema.json: In event 'STOP':
            schema.json:3: event's 'data' can take union type 'Shape' only with 'boxed': true
            """),
        new("S22", """
            { 'struct': 'Span', 'data': { '*end': { 'type': 'int', 'if': 'LINUX' } } }
            { 'event': 'STOP', 'data': 'Span' }
            """, """
            schema.json: In event 'STOP':
            schema.json:2: conditional event arguments require 'boxed': true
            """),
        new("S23", """
            ##
            # @stop:
            #
            # Stops it.
            ##
            { 'command': 'stop', 'data': { 'when': 'int' } }
            """, """
            schema.json: In command 'stop':
            schema.json:6: member 'when' lacks documentation
            """),
        new("S23", """
            ##
            # @Either:
            #
            # @i: a number
            ##
            { 'alternate': 'Either', 'data': { 'i': 'int', 'n': 'null' } }
            """, """
            schema.json: In alternate 'Either':
            schema.json:6: branch 'n' lacks documentation
            """),
        new("S24", """
            ##
            # @Mode:
            #
            # @on: it goes
            ##
            { 'enum': 'Mode', 'data': [ { 'name': 'on', 'features': [ 'soft' ] } ] }
            """, """
            schema.json: In enum 'Mode':
            schema.json:6: feature 'soft' lacks documentation
            """),
        new("S25", """
            ##
            # @stop:
            #
            # @when: the time
            #
            # @where: the place
            #
            # @why: the reason
            ##
            { 'command': 'stop', 'data': { 'when': 'int' } }
            """, """
            schema.json:6: documented members 'where', 'why' do not exist
            """),
        new("S25", """
            ##
            # @stop:
            #
            # Features:
            #
            # @soft: it yields
            ##
            { 'command': 'stop' }
            """, """
            schema.json:6: documented feature 'soft' does not exist
            """),
        new("S26", """
            { 'command': 'start', 'features': [
                'f0', 'f1', 'f2', 'f3', 'f4', 'f5', 'f6', 'f7', 'f8', 'f9',
                'f10', 'f11', 'f12', 'f13', 'f14', 'f15', 'f16', 'f17', 'f18', 'f19',
                'f20', 'f21', 'f22', 'f23', 'f24', 'f25', 'f26', 'f27', 'f28', 'f29',
                'f30', 'f31', 'f32', 'f33', 'f34', 'f35', 'f36', 'f37', 'f38', 'f39',
                'f40', 'f41', 'f42', 'f43', 'f44', 'f45', 'f46', 'f47', 'f48', 'f49',
                'f50', 'f51', 'f52', 'f53', 'f54', 'f55', 'f56', 'f57', 'f58', 'f59',
                'f60', 'f61' ] }
            { 'command': 'stop', 'features': [ 'f61', 'f62' ] }
            """, """
            schema.json: In command 'stop':
            schema.json:9: Maximum of 64 schema features is permitted
            """),
    ];
}
