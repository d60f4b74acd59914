using System.Text;
using Qmp.Shell.Output;

namespace Qmp.Shell.Terminal;

/// <summary>Tells keys apart by the bytes that terminals send for them (ECMA-48; xterm's modifiers).</summary>
internal sealed class KeyDecoder
{
    private const byte Escape = 0x1b;

    private readonly byte[] _utf8 = new byte[4];
    private readonly StringBuilder _sequence = new();
    private int _utf8Length;
    private State _state;

    private enum State
    {
        Ground,
        Escape,
        Sequence,
    }

    /// <summary>Takes a byte.</summary>
    /// <returns>The key, if it is complete.</returns>
    public KeyPress Feed(byte value)
    {
        switch (_state)
        {
            case State.Escape when value is (byte)'[' or (byte)'O':
                _state = State.Sequence;
                _sequence.Clear();
                return default;
            case State.Escape:
                _state = State.Ground;
                return new(WithAlt(value));
            case State.Sequence when value is >= 0x40 and < 0x7f:
                _state = State.Ground;
                return new(OfSequence(_sequence.ToString(), (char)value));
            case State.Sequence:
                _sequence.Append((char)value);
                return default;
            default:
                return Ground(value);
        }
    }

    private static Key WithAlt(byte value) => value switch
    {
        (byte)'b' or (byte)'B' => Key.WordLeft,
        (byte)'f' or (byte)'F' => Key.WordRight,
        (byte)'d' or (byte)'D' => Key.EraseWordForward,
        0x7f or 0x08 => Key.EraseWordBack,
        _ => Key.None,
    };

    private static Key OfSequence(string parameters, char final)
    {
        // A modifier is the second parameter: 3 is Alt, 5 is Control.
        bool byWord = parameters.EndsWith(";5", StringComparison.Ordinal)
            || parameters.EndsWith(";3", StringComparison.Ordinal);
        return (final, parameters.Split(';')[0]) switch
        {
            ('A', _) => Key.Older,
            ('B', _) => Key.Newer,
            ('C', _) => byWord ? Key.WordRight : Key.Right,
            ('D', _) => byWord ? Key.WordLeft : Key.Left,
            ('H', _) or ('~', "1" or "7") => Key.Home,
            ('F', _) or ('~', "4" or "8") => Key.End,
            ('~', "3") => byWord ? Key.EraseWordForward : Key.EraseForward,
            _ => Key.None,
        };
    }

    private static Key OfControl(byte value) => value switch
    {
        0x01 => Key.Home,
        0x02 => Key.Left,
        0x03 => Key.Interrupt,
        0x04 => Key.EndOfInput,
        0x05 => Key.End,
        0x06 => Key.Right,
        0x08 or 0x7f => Key.EraseBack,
        0x09 => Key.Complete,
        0x0a or 0x0d => Key.Enter,
        0x0b => Key.EraseToEnd,
        0x0c => Key.ClearScreen,
        0x0e => Key.Newer,
        0x10 => Key.Older,
        0x12 => Key.Search,
        0x15 => Key.EraseToStart,
        0x17 => Key.EraseWordBack,
        0x19 => Key.Yank,
        0x1a => Key.Suspend,
        _ => Key.None,
    };

    private KeyPress Ground(byte value)
    {
        if (_utf8Length == 0)
        {
            if (value == Escape)
            {
                _state = State.Escape;
                return default;
            }

            if (value is < 0x20 or 0x7f) return new(OfControl(value));
        }

        _utf8[_utf8Length++] = value;
        switch (Rune.DecodeFromUtf8(_utf8.AsSpan(0, _utf8Length), out Rune rune, out _))
        {
            case System.Buffers.OperationStatus.NeedMoreData:
                return default;
            case System.Buffers.OperationStatus.Done:
                _utf8Length = 0;
                // What is pasted may hold what a terminal would obey.
                return ForeignText.IsUnsafe(rune) ? default : new(Key.Text, rune.ToString());
            default:
                // What is no UTF-8 is not typed.
                _utf8Length = 0;
                return default;
        }
    }
}
