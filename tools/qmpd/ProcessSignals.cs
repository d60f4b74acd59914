using System.Globalization;
using System.Runtime.InteropServices;
using Qmp.Emulator.Hosting;
using Qmp.Linux;
using Qmp.Types;

namespace Qmpd;

/// <summary>What signals do to the process, as to QEMU: some end it, some are for other uses and change nothing.</summary>
internal sealed class ProcessSignals
{
    // SIGHUP, SIGINT, SIGTERM
    private static readonly int[] Ending = [1, 2, 15];

    // SIGUSR1, SIGALRM, SIGIO: QEMU uses them itself. They are handled, not ignored, so that the commands of exec:
    // have them as they were.
    private static readonly int[] WithoutEffect = [10, 14, 29];

    private static readonly List<PosixSignalRegistration> Registrations = [];

    /// <summary>Takes the signals over until the process has gone: one that comes late does not end it otherwise than it was ending.</summary>
    /// <param name="emulator">What is to end.</param>
    /// <param name="report">Is told who sent the signal.</param>
    public ProcessSignals(EmulatorInstance emulator, Action<string> report)
    {
        var sender = new SignalSender();
        foreach (int signal in WithoutEffect) Register(signal, () => { });
        foreach (int signal in Ending)
        {
            Register(signal, () =>
            {
                report(string.Create(CultureInfo.InvariantCulture, $"terminating on signal {signal}{sender.Text}"));
                emulator.RequestShutdown(ShutdownCause.HostSignal);
            });
            sender.Watch(signal);
        }
    }

    private void Register(int signal, Action handle)
    {
        Registrations.Add(PosixSignalRegistration.Create(
            (PosixSignal)signal,
            context =>
            {
                context.Cancel = true;
                handle();
            }));

        // The runtime has one handler for all signals. It leaves SIGINT ignored where the process was started so.
        Processes.StopIgnoring(signal, WithoutEffect[0]);
    }
}
