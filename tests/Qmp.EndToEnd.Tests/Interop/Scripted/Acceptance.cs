using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Interop.Scripted;

/// <summary>A stream that looks odd and that a destination with 64 MiB loads all the same.</summary>
/// <param name="Name">What is odd about it.</param>
/// <param name="Stream">Makes it of what is in memory.</param>
internal sealed record Acceptance(string Name, Func<byte[], StreamBuilder> Stream)
{
    private const ulong Size = 64 << 20;

    /// <summary>The run state in the end.</summary>
    public RunState RunState { get; init; } = RunState.Running;

    /// <summary>What comes back, as hexadecimal digits.</summary>
    public string Answer { get; init; } = "";

    /// <summary>What is printed.</summary>
    public IReadOnlyList<string> Complaints { get; init; } = [];

    /// <summary>What the destination has switched on.</summary>
    public IReadOnlyList<MigrationCapability> Capabilities { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>All of them.</summary>
    public static IEnumerable<Acceptance> All()
    {
        yield return new("nothing but memory", memory => Memory(memory).End());
        yield return new("no timer", memory => Memory(memory).Command(11).GlobalState().End());
        yield return new("no run state", memory => Memory(memory).Command(11).Timer().End());
        yield return new("a paused guest", memory => Memory(memory).GlobalState("paused").End())
        {
            RunState = RunState.Paused,
        };
        yield return new("every page twice", memory => Begun().RamRecords(2).Pages(memory).EndOfRecords()
            .RamRecords(2).Pages(memory).EndOfRecords().RamRecords(3).EndOfRecords().GlobalState().End());
        yield return new("the last page wins", memory => Begun()
            .RamRecords(2).PageRecord(0, new byte[4096].Select(_ => (byte)1).ToArray()).Pages(memory)
            .ZeroRecord(FirstZero(memory)).EndOfRecords().RamRecords(3).EndOfRecords().GlobalState().End());
        yield return new("empty parts", memory => Begun().RamRecords(2).EndOfRecords().RamRecords(2).EndOfRecords()
            .RamRecords(3).Pages(memory).EndOfRecords().GlobalState().End());
        yield return new("odd numbers of sections", memory => New().Header().RamSetup(Size, id: 0xfffffffe)
            .RamRecords(3, 0xfffffffe).Pages(memory).EndOfRecords(0xfffffffe).Timer(id: 12345).GlobalState(id: 1).End());
        yield return new("no name of a machine", memory => Memory(memory, machine: "").GlobalState().End());
        yield return new("the beginning of the machine's name", memory => Memory(memory, machine: "no").GlobalState().End());
        yield return new("an empty description", memory => Memory(memory).GlobalState().End(""));
        yield return new("a description that is no JSON", memory => Memory(memory).GlobalState().End("nonsense"));
        yield return new("a return path", memory => Memory(memory, opensReturnPath: true).GlobalState().End())
        {
            Answer = "0002000400000001" + "0001000400000000",
        };
        yield return new("a return path and an ack", memory => Memory(memory, opensReturnPath: true).GlobalState().End())
        {
            Capabilities = [MigrationCapability.ReturnPath, MigrationCapability.SwitchoverAck],
            Answer = "00070000" + "0002000400000001" + "0001000400000000",
        };
        yield return new("a return path opened twice",
            memory => Memory(memory, opensReturnPath: true).Command(1).Command(2, 0, 0, 0, 5).GlobalState().End())
        {
            Answer = "0002000400000001" + "0002000400000005" + "0001000400000000",
            Complaints = ["CMD_OPEN_RETURN_PATH called when RP already open"],
        };
        yield return new("RESUME of nothing", memory => Memory(memory).Command(9).GlobalState().End())
        {
            Complaints = ["loadvm_postcopy_handle_resume: illegal resume received"],
        };
    }

    private static StreamBuilder New() => new();

    private static StreamBuilder Begun() => New().Header().RamSetup(Size);

    private static StreamBuilder Memory(byte[] memory, string machine = "none", bool opensReturnPath = false)
    {
        StreamBuilder stream = New().Header(machine);
        if (opensReturnPath) stream.Command(1).Command(2, 0, 0, 0, 1);
        return stream.RamSetup(Size).RamRecords(3).Pages(memory).EndOfRecords();
    }

    private static long FirstZero(byte[] memory)
    {
        for (int at = 0; ; at += 4096)
        {
            if (!memory.AsSpan(at, 4096).ContainsAnyExcept((byte)0)) return at;
        }
    }
}
