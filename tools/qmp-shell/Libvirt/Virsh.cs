using System.ComponentModel;
using System.Diagnostics;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Transport;

namespace Qmp.Shell.Libvirt;

/// <summary>The program <c>virsh</c>, for one domain.</summary>
internal sealed class Virsh(string domain)
{
    private const string Program = "virsh";

    /// <summary>Has libvirt send a message, and gives its answer.</summary>
    /// <exception cref="TransportException">libvirt refused, or is not there.</exception>
    public async Task<JObject> SendAsync(JObject message, CancellationToken stop)
    {
        using Process process = Start(["qemu-monitor-command", domain, message.ToString(Formatting.None)]);
        using CancellationTokenRegistration kill = stop.Register(() => Kill(process));
        Task<string> errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        string output = await process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        stop.ThrowIfCancellationRequested();
        if (process.ExitCode != 0) throw new TransportException($"{Program}: {Reason(await errors)}");
        try
        {
            return JObject.Parse(output);
        }
        catch (JsonReaderException e)
        {
            throw new TransportException($"{Program} has not answered in JSON: {e.Message}");
        }
    }

    /// <summary>Starts to print the domain's events, a line each, until it is killed.</summary>
    /// <exception cref="TransportException">There is no such program.</exception>
    public Process WatchEvents() => Start(["qemu-monitor-event", "--domain", domain, "--loop", "--timestamp"]);

    public static void Kill(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }

    private static string Reason(string errors)
    {
        string text = errors.Trim().ReplaceLineEndings(" ");
        return text.StartsWith("error: ", StringComparison.Ordinal) ? text[7..] : text;
    }

    private static Process Start(string[] words)
    {
        try
        {
            var info = new ProcessStartInfo(Program, words)
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            };
            info.Environment["LC_ALL"] = "C";
            return Process.Start(info)!;
        }
        catch (Win32Exception e)
        {
            throw new TransportException($"{Program} cannot be started: {e.Message}");
        }
    }
}
