namespace Qmp.Testing.Conversations.Targets;

/// <summary>Starts emulators that conversations are had with.</summary>
public interface IEmulatorTarget
{
    /// <summary>Starts an emulator. Whether its command line pleases it may show later, by its end.</summary>
    /// <exception cref="TargetException">There is no such program.</exception>
    ValueTask<ITargetVm> StartAsync(VmStart start);
}
