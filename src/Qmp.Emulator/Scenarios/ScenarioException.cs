namespace Qmp.Emulator.Scenarios;

/// <summary>A scenario that makes no sense.</summary>
public sealed class ScenarioException : Exception
{
    /// <summary>Makes one.</summary>
    public ScenarioException(string message)
        : base(message)
    {
    }
}
