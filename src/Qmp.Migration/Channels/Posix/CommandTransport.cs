using System.ComponentModel;
using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace Qmp.Migration.Channels.Posix;

/// <summary>Runs a command and talks to its standard input and output (<c>exec:</c>).</summary>
internal static class CommandTransport
{
    /// <summary>How long the end of a migration waits for the command to finish with what it got.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <exception cref="ChannelException">The command cannot be run.</exception>
    public static DescriptorChannel Open(IReadOnlyList<string> arguments)
    {
        // No search path: a name without a folder is a file of the current one.
        string program = arguments.Count > 0 ? arguments[0] : "";
        var start = new ProcessStartInfo(program.Length > 0 ? Path.GetFullPath(program) : "")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        foreach (string argument in arguments.Skip(1)) start.ArgumentList.Add(argument);
        try
        {
            Process process = Process.Start(start)!;
            return new DescriptorChannel(
                HandleOf(process.StandardOutput.BaseStream),
                HandleOf(process.StandardInput.BaseStream),
                "command",
                new Child(process));
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            int error = e is Win32Exception { NativeErrorCode: var code } ? code : NativeMethods.NoEntry;
            throw new ChannelException(
                $"Failed to execute child process “{program}” ({Marshal.GetPInvokeErrorMessage(error)})");
        }
    }

    private static SafeHandle HandleOf(System.IO.Stream stream) => ((PipeStream)stream).SafePipeHandle;

    private sealed class Child(Process process) : IDisposable
    {
        public void Dispose()
        {
            process.WaitForExit(Patience);
            process.Dispose();
        }
    }
}
