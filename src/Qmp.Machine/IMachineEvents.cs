namespace Qmp.Machine;

/// <summary>What the machine tells the world; the emulator makes QMP events of it.</summary>
public interface IMachineEvents
{
    /// <summary>The guest has stopped (event <c>STOP</c>).</summary>
    void Stopped();

    /// <summary>The guest is about to run (event <c>RESUME</c>).</summary>
    void Resumed();

    /// <summary>The guest has put itself to sleep (event <c>SUSPEND</c>).</summary>
    void Suspended();

    /// <summary>The guest has been woken up (event <c>WAKEUP</c>).</summary>
    void WokenUp();
}
