using Qmp.Machine;
using Qmp.Machine.Time;
using Qmp.Types;

namespace Qmp.Migration.Source;

/// <summary>The guest's way from running here to running at the destination, or here again.</summary>
/// <remarks>Called with the machine's lock held.</remarks>
internal sealed class GuestHandover(VirtualMachine machine)
{
    private RunState _before;
    private volatile bool _isGone;

    /// <summary>Whether the guest was stopped to be handed over.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Whether the destination was sent all that it needs to run the guest.</summary>
    public bool AllSent { get; set; }

    /// <summary>Whether the guest runs at the destination, whatever becomes of its memory.</summary>
    public bool IsGone
    {
        get => _isGone;
        set => _isGone = value;
    }

    /// <summary>Stops the guest.</summary>
    public async ValueTask BeginAsync()
    {
        _before = machine.RunState;
        HasBegun = true;
        await machine.ForceStateAsync(RunState.FinishMigrate);
    }

    /// <summary>Lets the destination have the images of disks.</summary>
    /// <remarks>Takes the machine's lock.</remarks>
    public async ValueTask ReleaseStorageAsync()
    {
        if (machine.Storage is not { } storage) return;
        using TimelineLock.Hold hold = await machine.Lock.EnterAsync();
        storage.Release();
    }

    /// <summary>The guest is at the destination.</summary>
    public void Complete() => machine.SetRunState(RunState.Postmigrate);

    /// <summary>Lets the guest go on here, unless the destination may be running it.</summary>
    /// <param name="isShut">What the destination said at the end of the return path; without one, nothing.</param>
    public void Undo(bool? isShut)
    {
        if (!HasBegun || IsGone || machine.RunState != RunState.FinishMigrate) return;

        // The destination has the guest, or has all that it needs for it; whether it runs there is not known here.
        if (AllSent && isShut is null or true) Complete();
        else if (machine.Storage?.Acquire() is not null) Complete(); // its images are in use
        else if (_before.IsLive()) machine.Start();
        else machine.SetRunState(_before);
    }
}
