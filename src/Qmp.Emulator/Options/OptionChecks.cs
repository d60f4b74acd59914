using Qmp.Emulator.Files;
using Qmp.Types;

namespace Qmp.Emulator.Options;

/// <summary>What QEMU checks of values besides their types. Texts are QEMU's.</summary>
internal static class OptionChecks
{
    private const long MaxPollWeight = 63;

    private static readonly string[] Switch = ["on", "off"];

    public static void Object(OptionValue<ObjectOptions> made)
    {
        switch (made.Value)
        {
            case ObjectOptions.MemoryBackendRam ram:
                Size(made, ram.Value.Size);
                break;

            case ObjectOptions.MemoryBackendMemfd ram:
                Size(made, ram.Value.Size);
                break;

            case ObjectOptions.MemoryBackendFile file:
                Size(made, file.Value.Size);
                break;

            case ObjectOptions.Iothread thread:
                Range("poll-max-ns", thread.Value.PollMaxNs);
                Range("poll-grow", thread.Value.PollGrow);
                Range("poll-shrink", thread.Value.PollShrink);
                Range("poll-weight", thread.Value.PollWeight, MaxPollWeight);
                Range("aio-max-batch", thread.Value.AioMaxBatch);
                Range("thread-pool-min", thread.Value.ThreadPoolMin);
                Range("thread-pool-max", thread.Value.ThreadPoolMax);
                break;
        }
    }

    public static void Accelerator(OptionValue<AccelOptions> accelerator)
    {
        if (accelerator.Value.Thread is { } thread && thread is not ("single" or "multi"))
        {
            throw accelerator.Error($"Invalid 'thread' setting {thread}");
        }
    }

    public static void Descriptor(OptionValue<AddFdOptions> added)
    {
        if (added.Value.Fd is null or < 0) throw added.Error("fd option is required and must be non-negative");
        if (added.Value.Fd <= 2) throw added.Error("fd cannot be a standard I/O stream");
        if (!InheritedDescriptors.Contains((int)Math.Min((long)added.Value.Fd, int.MaxValue)))
        {
            throw added.Error("fd is not valid or already in use");
        }

        if (added.Value.Set is null or < 0) throw added.Error("set option is required and must be non-negative");
    }

    public static void Clock(OptionValue<RtcOptions> clock)
    {
        RtcOptions rtc = clock.Value;
        if (rtc.Base is not (null or "utc" or "localtime") && !IsDate(rtc.Base))
        {
            throw new CommandLineException(
                "invalid datetime format\nvalid formats: '2006-06-17T16:01:21' or '2006-06-17'");
        }

        if (rtc.Clock is not (null or "host" or "rt" or "vm")) throw Invalid(rtc.Clock);
        if (rtc.Driftfix is not (null or "none" or "slew")) throw Invalid(rtc.Driftfix);
    }

    public static void Overcommit(OptionValue<OvercommitOptions> overcommit)
    {
        if (overcommit.Value.MemLock is { } text && text != "on-fault" && !Switch.Contains(text))
        {
            throw overcommit.Error("parameter 'mem-lock' expects one of 'on', 'off', 'on-fault'");
        }
    }

    public static void Video(OptionValue<string> video)
    {
        string[] kinds = ["none", "std", "cirrus", "vmware", "virtio"];
        string? kind = kinds.FirstOrDefault(k => video.Value.StartsWith(k, StringComparison.Ordinal));
        string rest = kind is null ? video.Value : video.Value[kind.Length..];
        if (kind is null || rest is not ("" or ",retrace=dumb" or ",retrace=precise"))
        {
            throw new CommandLineException($"unknown vga type: {video.Value}");
        }
    }

    /// <summary>Checks that a device is one of those that stand for none at all.</summary>
    public static Action<OptionValue<string>> OneOf(params string[] accepted) => given =>
    {
        if (accepted.Contains(given.Value)) return;
        throw given.Error($"Parameter 'type' does not accept value '{given.Value}'");
    };

    private static bool IsDate(string text) =>
        DateTime.TryParseExact(
            text,
            ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm:ss"],
            System.Globalization.CultureInfo.InvariantCulture,
            System.Globalization.DateTimeStyles.None,
            out _);

    private static CommandLineException Invalid(string value) => new($"invalid option value '{value}'");

    private static void Size(OptionValue<ObjectOptions> made, ulong size)
    {
        if (size > 0) return;
        throw new CommandLineException($"property 'size' of {made.Value.QomType.ToWireName()} doesn't take value '0'");
    }

    private static void Range(string name, long? value, long most = long.MaxValue)
    {
        if (value < 0 || value > most) throw new CommandLineException($"{name} value must be in range [0, {most}]");
    }
}
