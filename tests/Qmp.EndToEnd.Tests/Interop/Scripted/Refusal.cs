using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Interop.Scripted;

/// <summary>A stream that a destination with 64 MiB refuses.</summary>
/// <param name="Name">What is wrong with it.</param>
/// <param name="Stream">What is sent.</param>
/// <param name="Error">The text of the error number.</param>
/// <param name="Reasons">What is printed, line by line.</param>
internal sealed record Refusal(string Name, byte[] Stream, string Error, params string[] Reasons)
{
    private const string Invalid = "Invalid argument";
    private const string InputOutput = "Input/output error";
    private const string NotPermitted = "Operation not permitted";
    private const string TryAgain = "Resource temporarily unavailable";
    private const string NotSupported = "Operation not supported";
    private const string OutOfRange = "Numerical result out of range";
    private const string NoEntry = "No such file or directory";
    private const string LoadingRam = "error while loading state for instance 0x0 of device 'ram'";
    private const string LoadingMoreRam = "error while loading state section id 7(ram)";
    private const ulong Size = 64 << 20;

    private static readonly byte[] Page = [.. Enumerable.Repeat((byte)0xa5, 4096)];

    /// <summary>What the destination has switched on.</summary>
    public IReadOnlyList<MigrationCapability> Capabilities { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => Name;

    public static IEnumerable<Refusal> OfHeaders()
    {
        yield return new("magic", New().U32(0x5145564e).U32(3).ToArray(), Invalid, "Not a migration stream");
        yield return new("version 2", New().Header(version: 2).ToArray(), NotSupported,
            "SaveVM v2 format is obsolete and don't work anymore");
        yield return new("version 4", New().Header(version: 4).ToArray(), NotSupported,
            "Unsupported migration stream version");
        yield return new("no configuration", New().U32(0x5145564d).U32(3).U8(1).ToArray(), Invalid,
            "Configuration section missing");
        yield return new("other machine", New().Header("pc").RamSetup(Size).ToArray(), Invalid,
            "Machine type received is 'pc' and local is 'none'");
        yield return new("page bits",
            New().Header().Subsection("configuration/target-page-bits").U32(13).RamSetup(Size).ToArray(), Invalid,
            "Received TARGET_PAGE_BITS is 13 but local is 12");
        yield return new("x-ignore-shared at the source only",
            New().Header().Subsection("configuration/capabilities").U32(1).CountedText("x-ignore-shared")
                .RamSetup(Size).ToArray(),
            Invalid, "Capability x-ignore-shared is off, but received capability is on");
        yield return new("x-ignore-shared at the destination only", New().Header().RamSetup(Size).ToArray(), Invalid,
            "Capability x-ignore-shared is on, but received capability is off")
        {
            Capabilities = [MigrationCapability.XIgnoreShared],
        };
        yield return new("unknown subsection of the configuration",
            New().Header().Subsection("configuration/nonsense").U32(1).RamSetup(Size).ToArray(), NoEntry);
    }

    public static IEnumerable<Refusal> OfSections()
    {
        yield return new("unknown section", Begun().Section(4, 50, "nonsense", 1).ToArray(), Invalid,
            "Unknown savevm section or instance 'nonsense' 0. Make sure that your current VM setup matches your saved "
            + "VM setup, including any hotplugged devices");
        yield return new("unknown instance", Begun().Section(4, 50, "timer", 2, instance: 3).ToArray(), Invalid,
            "Unknown savevm section or instance 'timer' 3. Make sure that your current VM setup matches your saved "
            + "VM setup, including any hotplugged devices");
        yield return new("newer timer", Begun().Timer(version: 3).ToArray(), Invalid,
            "savevm: unsupported version 3 for 'timer' v2");
        yield return new("older RAM", New().Header().RamSetup(Size, version: 3).ToArray(), Invalid, LoadingRam);
        yield return new("newer RAM", New().Header().RamSetup(Size, version: 5).ToArray(), Invalid,
            "savevm: unsupported version 5 for 'ram' v4");
        yield return new("part of nothing", Begun().RamRecords(2, id: 8).EndOfRecords(8).ToArray(), Invalid,
            "Unknown savevm section 8");
        yield return new("unknown type", Begun().U8(9).ToArray(), Invalid, "Unknown savevm section type 9");
        yield return new("no footers", New(footers: false).Header().RamSetup(Size).Timer().ToArray(), Invalid,
            "Missing section footer for ram");
        yield return new("other section's footer",
            New(footers: false).Header().RamSetup(Size).U8(0x7e).U32(8).ToArray(), Invalid,
            "Mismatched section id in footer for ram - read 0x8 expected 0x7");
        yield return new("run state that there is not", Begun().GlobalState("nonsense").ToArray(), Invalid,
            "invalid parameter value: nonsense",
            "error while loading state for instance 0x0 of device 'globalstate'");
    }

    public static IEnumerable<Refusal> OfCommands()
    {
        yield return new("PING without a return path", New().Header().Command(2, 0, 0, 0, 1).ToArray(), NotPermitted,
            "CMD_PING (0x1) received with no return path");
        yield return new("unknown command", New().Header().Command(12).ToArray(), Invalid,
            "MIG_CMD 0xc unknown (len 0x0)");
        yield return new("short PING", New().Header().Command(2, 0, 1).ToArray(), OutOfRange,
            "PING received with bad length - expecting 4, got 2");
        yield return new("long OPEN_RETURN_PATH", New().Header().Command(1, 0).ToArray(), OutOfRange,
            "OPEN_RETURN_PATH received with bad length - expecting 0, got 1");
        yield return new("ADVISE without postcopy", New().Header().Command(3, new byte[16]).ToArray(), Invalid,
            "RAM postcopy is disabled but have 16 byte advise");
        yield return new("ADVISE of 3 bytes", New().Header().Command(3, new byte[3]).ToArray(), Invalid,
            "CMD_POSTCOPY_ADVISE invalid length (3)");
        yield return new("ADVISE twice", New().Header().Command(3).Command(3).ToArray(), NotPermitted,
            "CMD_POSTCOPY_ADVISE in wrong postcopy state (1)");
        yield return new("LISTEN without ADVISE", Begun().Command(4).ToArray(), NotPermitted,
            "CMD_POSTCOPY_LISTEN in wrong postcopy state (0)");
        yield return new("RUN without LISTEN", Begun().Command(5).ToArray(), NotPermitted,
            "CMD_POSTCOPY_RUN in wrong postcopy state (0)");
        yield return new("DISCARD without ADVISE", Begun().Command(6, new byte[20]).ToArray(), NotPermitted,
            "CMD_POSTCOPY_RAM_DISCARD in wrong postcopy state (0)");
        yield return new("ENABLE_COLO", Begun().Command(8).ToArray(), Invalid,
            "ENABLE_COLO command come in migration stream, but x-colo capability is not set");
        yield return new("long RESUME", Begun().Command(9, 0).ToArray(), OutOfRange,
            "POSTCOPY_RESUME received with bad length - expecting 0, got 1");
    }

    /// <summary>Those of destinations that may be sent the guest before its memory.</summary>
    public static IEnumerable<Refusal> OfPostcopy()
    {
        (string Name, byte[] Stream, string Error, string Reason)[] refusals =
        [
            ("ADVISE of 0 bytes", New().Header().Command(3).ToArray(), Invalid, "RAM postcopy is enabled but have 0 byte advise"),
            ("ADVISE of other page sizes", Advised(8192).ToArray(), NotPermitted, "Postcopy needs matching RAM page sizes (s=2000 d=1000)"),
            ("ADVISE of another page size", Advised(4096, 8192).ToArray(), NotPermitted,
                "Postcopy needs matching target page sizes (s=8192 d=4096)"),
            ("LISTEN in a package without ADVISE", Begun().Package(New().Command(4)).ToArray(), NotPermitted,
                "CMD_POSTCOPY_LISTEN in wrong postcopy state (0)"),
            ("RUN in a package without LISTEN", Discarding().Package(New().Command(5)).ToArray(), NotPermitted,
                "CMD_POSTCOPY_RUN in wrong postcopy state (1)"),
            ("DISCARD without a name", Discarding().Command(6, new byte[20]).ToArray(), NotPermitted,
                "CMD_POSTCOPY_RAM_DISCARD Failed to read RAMBlock ID"),
            ("DISCARD of 10 bytes", Discarding().Command(6, new byte[10]).ToArray(), NotPermitted, "CMD_POSTCOPY_RAM_DISCARD invalid length (10)"),
            ("DISCARD of version 1", Discarding().Discard(0, 4096, version: 1).ToArray(), NotPermitted,
                "CMD_POSTCOPY_RAM_DISCARD invalid version (1)"),
            ("DISCARD of another block", Discarding().Discard(0, 4096, block: "nope").ToArray(), NotPermitted,
                "ram_discard_range: Failed to find block 'nope'"),
            ("DISCARD whose name does not end", Discarding().Discard(0, 4096, nil: 7).ToArray(), NotPermitted,
                "CMD_POSTCOPY_RAM_DISCARD missing nil (7)"),
            ("DISCARD of half a range", Discarding().Command(6, [0, 3, (byte)'r', (byte)'a', (byte)'m', 0, .. new byte[24]]).ToArray(),
                NotPermitted, "CMD_POSTCOPY_RAM_DISCARD invalid length (24)"),
            ("DISCARD of half a page", Discarding().Discard(4096, 100).ToArray(), NotPermitted, "ram_block_discard_range: Unaligned length: 64"),
            ("DISCARD beyond the end", Discarding().Discard(Size - 4096, 8192).ToArray(), NotPermitted,
                "ram_block_discard_range: Overrun block 'ram' (67104768/2000/4000000)"),
            ("large package", Begun().Command(7, 0x7f, 0, 0, 0).ToArray(), TryAgain, "CMD_PACKAGED: Buffer receive fail ret=0 length=2130706432"),
            ("package cut short", Begun().Command(7, 0, 0, 0, 9).U32(1).ToArray(), TryAgain,
                "CMD_PACKAGED: Buffer receive fail ret=4 length=9"),
        ];
        return refusals.Select(r => new Refusal(r.Name, r.Stream, r.Error, r.Reason) { Capabilities = [MigrationCapability.PostcopyRam] });
    }

    public static IEnumerable<Refusal> OfMemory()
    {
        yield return new("other size", New().Header().RamSetup(32 << 20).ToArray(), Invalid,
            "Size mismatch: ram: 0x2000000 != 0x4000000: Invalid argument", LoadingRam);
        yield return new("other block", New().Header().RamSetup(Size, block: "pc.ram").ToArray(), Invalid,
            "Unknown ramblock \"pc.ram\", cannot accept migration", LoadingRam);
        yield return new("page of another block", Paged().PageRecord(0, Page, "nope").ToArray(), Invalid,
            "Can't find block nope", "Illegal RAM offset 0", LoadingMoreRam);
        yield return new("page beyond the end", Paged().PageRecord((long)Size, Page).ToArray(), Invalid,
            "Illegal RAM offset 4000000", LoadingMoreRam);
        yield return new("zero page of ones", Paged().ZeroRecord(0, fill: 1).ToArray(), Invalid,
            "Found a zero page with value 1", LoadingMoreRam);
        yield return new("page of the same block as none", Paged().U64(0x20 | 8).Bytes(Page).ToArray(), Invalid,
            "Ack, bad migration stream!", "Illegal RAM offset 0", LoadingMoreRam);
        yield return new("compressed page", Paged().U64(0x100).ToArray(), Invalid,
            "Unknown combination of migration flags: 0x100", LoadingMoreRam);
        yield return new("page cut short", Paged().PageRecord(0, Page.AsSpan(0, 100)).ToArray(), InputOutput,
            LoadingMoreRam);
    }

    private static StreamBuilder New(bool footers = true) => new(footers);

    private static StreamBuilder Advised(ulong sizes = 4096, ulong size = 4096) =>
        New().Header().Command(3, [.. New().U64(sizes).U64(size).ToArray()]);

    private static StreamBuilder Discarding() => Advised().RamSetup(Size);

    private static StreamBuilder Begun() => New().Header().RamSetup(Size);

    private static StreamBuilder Paged() => Begun().RamRecords(2);
}
