using Microsoft.Win32.SafeHandles;
using Qmp.Linux;

namespace Qmpd;

/// <summary>
/// <c>-daemonize</c> as its caller sees it: the program starts itself once more, in a session of its own, passes on what
/// that one prints, and ends when it is ready or has failed.
/// </summary>
/// <remarks>
/// A runtime cannot fork. Standard streams go through pipes, because the runtime keeps duplicates of those that it was
/// started with: the caller waits for the end of its own ones, and must not wait for the end of the daemon.
/// </remarks>
internal static class DaemonLaunch
{
    private const int Chunk = 4096;

    /// <summary>Starts the daemon and waits until it is ready.</summary>
    /// <param name="keepsErrors">Whether it goes on writing to standard error, which it then has itself.</param>
    /// <param name="report">Is told why there is no daemon.</param>
    /// <returns>The exit status: 0 once the daemon serves.</returns>
    public static int Run(bool keepsErrors, Action<string> report)
    {
        (DescriptorHandle ready, DescriptorHandle readyEnd) = Files.MakePipe();
        (DescriptorHandle output, DescriptorHandle outputEnd) = Files.MakePipe();
        (DescriptorHandle errors, DescriptorHandle errorsEnd) = Files.MakePipe();
        using (ready)
        using (output)
        using (errors)
        {
            using (readyEnd)
            using (outputEnd)
            using (errorsEnd)
            {
                if (Start(readyEnd, outputEnd, keepsErrors ? null : errorsEnd) is var error and < 0)
                {
                    report($"cannot start a daemon: {Errno.Text(error)}");
                    return 1;
                }
            }

            return PassOn(ready, output, errors);
        }
    }

    private static int Start(DescriptorHandle ready, DescriptorHandle output, DescriptorHandle? errors)
    {
        using SafeFileHandle nothing = File.OpenHandle("/dev/null");
        // Each word ends with a zero, empty words and the last one, too.
        string[] words = File.ReadAllText("/proc/self/cmdline")[..^1].Split('\0');
        var setup = new ChildSetup(nothing, output)
        {
            Errors = errors,
            Passed = ready,
            OwnSession = true,
            Variables = DaemonStart.VariablesFor(ready),
        };
        using ChildProcess? child = ChildProcess.Start(Environment.ProcessPath!, words, setup, out int error);
        return error;
    }

    // What was printed before the end of the start is in the pipes by then.
    private static int PassOn(DescriptorHandle ready, DescriptorHandle output, DescriptorHandle errors)
    {
        using var never = new WakeEvent();
        var open = new List<DescriptorHandle> { ready, output, errors };
        byte[] state = new byte[1];
        while (true)
        {
            DescriptorHandle next = open[Descriptors.WaitAny(open, PollEvents.Readable, never)];
            if (next == ready) break;
            if (!PassOn(next, IsErrors(next))) open.Remove(next);
        }

        bool isReady = Files.Read(ready, state) == 1;
        foreach (DescriptorHandle pipe in open.Where(pipe => pipe != ready))
        {
            while ((Descriptors.Look(pipe, PollEvents.Readable) & PollEvents.Readable) != 0 && PassOn(pipe, IsErrors(pipe)))
            {
            }
        }

        return isReady ? 0 : 1;

        bool IsErrors(DescriptorHandle pipe) => pipe == errors;
    }

    private static bool PassOn(DescriptorHandle pipe, bool isErrors)
    {
        Span<byte> buffer = stackalloc byte[Chunk];
        int count = Files.Read(pipe, buffer);
        if (count <= 0) return false;
        using Stream stream = isErrors ? Console.OpenStandardError() : Console.OpenStandardOutput();
        stream.Write(buffer[..count]);
        return true;
    }
}
