using Qmp.Conversations.Targets;
using Qmp.Emulator.Hosting;
using Qmp.Emulator.Options;
using Qmp.Testing.Hosting;

namespace Qmp.Testing;

/// <summary>Starts emulators inside this process, each as <c>qmpd</c> does from its command line.</summary>
/// <remarks>
/// Monitors on Unix sockets are served over memory, or over a socket if descriptors are to be passed to them.
/// Everything else is real: threads, migration sockets, files. Relative names of files are names in the current
/// folder of this process, so conversations name files with <c>@RUN@</c>.
/// </remarks>
/// <param name="clock">The clock of the emulators.</param>
public sealed class InProcessTarget(TimeProvider clock) : IEmulatorTarget
{
    /// <inheritdoc/>
    public async ValueTask<ITargetVm> StartAsync(VmStart start)
    {
        var errors = new StandardErrorText();
        var monitors = new InProcessMonitors(start.PassesDescriptors);
        try
        {
            HostedEmulator emulator = await HostedEmulator.StartAsync(start.Arguments, clock, errors, ports => ports with
            {
                OpenChardev = monitors.Wrap(ports.OpenChardev),
                Connector = new NothingInherited(ports.Connector),
            }).ConfigureAwait(false);
            return new InProcessVm(emulator, monitors, errors);
        }
        catch (CommandLineException e)
        {
            errors.WriteLine(e.Message);
            return new RefusedVm(errors);
        }
    }
}
