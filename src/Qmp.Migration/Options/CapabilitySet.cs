using Qmp.Types;

namespace Qmp.Migration.Options;

/// <summary>Which capabilities are on. Immutable.</summary>
public readonly record struct CapabilitySet
{
    private readonly uint _bits;

    private CapabilitySet(uint bits) => _bits = bits;

    /// <summary>Whether the capability is on.</summary>
    public bool this[MigrationCapability capability] => (_bits >> (int)capability & 1) != 0;

    /// <summary>This set with one capability changed.</summary>
    public CapabilitySet With(MigrationCapability capability, bool on) =>
        new(on ? _bits | 1u << (int)capability : _bits & ~(1u << (int)capability));
}
