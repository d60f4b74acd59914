namespace Qmp.Migration.Stream;

/// <summary>The type bytes of the main stream.</summary>
internal enum SectionType : byte
{
    EndOfFile = 0x00,
    Start = 0x01,
    Part = 0x02,
    End = 0x03,
    Full = 0x04,
    Subsection = 0x05,
    VmDescription = 0x06,
    Configuration = 0x07,
    Command = 0x08,
    Footer = 0x7e,
}
