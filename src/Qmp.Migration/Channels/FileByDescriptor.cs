using Qmp.Migration.Rules;

namespace Qmp.Migration.Channels;

/// <summary>What happens when <c>fd:</c> names a file, which <c>file:</c> is for.</summary>
internal static class FileByDescriptor
{
    /// <summary>Such a descriptor has been met.</summary>
    /// <exception cref="ChannelException">It is refused.</exception>
    public static void Meet(MigrationRules rules, Action<string> warn)
    {
        if (rules.RefusesFilesByDescriptor)
        {
            throw new ChannelException("fd: migration to a file is not supported. Use file: instead.");
        }

        warn("fd: migration to a file is deprecated. Use file: instead.");
    }
}
