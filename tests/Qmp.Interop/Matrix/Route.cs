namespace Qmp.Interop.Matrix;

/// <summary>How a stream gets from the source to the destination.</summary>
internal enum Route
{
    /// <summary>A Unix socket, named in <c>migrate-incoming</c>.</summary>
    Unix,

    /// <summary>A Unix socket, named in <c>-incoming</c>.</summary>
    UnixOnCommandLine,

    /// <summary>A TCP port that the destination chooses.</summary>
    Tcp,

    /// <summary>A file, which the destination reads afterwards.</summary>
    File,

    /// <summary>A file, from the middle on.</summary>
    FileWithOffset,

    /// <summary>A file that each end has two descriptors of, in a set: one for the stream, one past the page cache.</summary>
    DescriptorSet,

    /// <summary>A file, written and read by commands.</summary>
    Exec,

    /// <summary>Two connected sockets that both ends get by <c>getfd</c>.</summary>
    PassedDescriptors,

    /// <summary>A Unix socket of a program that takes the source's place, and has got its memory by descriptor.</summary>
    Cpr,

    /// <summary>Two connected sockets; the destination has inherited its one.</summary>
    InheritedDescriptor,
}
