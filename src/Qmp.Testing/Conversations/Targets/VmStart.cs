namespace Qmp.Testing.Conversations.Targets;

/// <summary>How an emulator is started.</summary>
/// <param name="Role">Its name in the conversation.</param>
/// <param name="Arguments">QEMU's command line, without the program.</param>
/// <param name="Folder">The folder of the replay, which is made for it.</param>
/// <param name="PassesDescriptors">Whether clients will pass descriptors to its monitors.</param>
public sealed record VmStart(string Role, IReadOnlyList<string> Arguments, string Folder, bool PassesDescriptors);
