namespace Qmp.Shell.Terminal;

/// <summary>What a key is for.</summary>
internal enum Key
{
    None,
    Text,
    Enter,
    Complete,
    EraseBack,
    EraseForward,
    EraseWordBack,
    EraseWordForward,
    EraseToStart,
    EraseToEnd,
    Yank,
    Left,
    Right,
    WordLeft,
    WordRight,
    Home,
    End,
    Older,
    Newer,
    Search,
    ClearScreen,
    Interrupt,
    EndOfInput,
    Suspend,
}

/// <summary>A key that was pressed.</summary>
/// <param name="Key">What it is for.</param>
/// <param name="Text">What it types, if it types something.</param>
internal readonly record struct KeyPress(Key Key, string Text = "");
