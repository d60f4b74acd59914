namespace Qmp.Migration.Postcopy;

/// <summary>Memory of the source that is not needed any more.</summary>
internal interface IReleasedMemory
{
    /// <summary>Gives back what has been sent, once the guest is the destination's.</summary>
    void Release();
}
