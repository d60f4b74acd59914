namespace Qmp.Machine;

/// <summary>What tells one machine from another.</summary>
/// <param name="MachineType">The machine type by its full name, such as <c>none</c> or <c>pc-i440fx-10.0</c>.</param>
/// <param name="Name">The guest's name (<c>-name</c>), or <see langword="null"/>.</param>
/// <param name="Uuid">The machine's UUID (<c>-uuid</c>), or <see langword="null"/> where none was given.</param>
public sealed record MachineIdentity(string MachineType, string? Name = null, Guid? Uuid = null);
