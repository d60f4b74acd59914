using Qmp.Types;

namespace Qmp.Emulator.Options;

/// <summary>Chooses an accelerator, as QEMU does on a host without KVM: what is asked for is tried in order.</summary>
internal static class Accelerators
{
    /// <summary>What runs code, as QEMU calls it.</summary>
    public const string Tcg = "tcg";

    /// <summary>What runs none.</summary>
    public const string Qtest = "qtest";

    private const string NoModule = "Could not access KVM kernel module: No such file or directory";
    private const string NoKvm = "failed to initialize kvm: No such file or directory";

    /// <summary>What <c>-accel help</c> prints.</summary>
    public const string Help = "Accelerators supported in QEMU binary:\ntcg\nkvm\n";

    /// <summary>Checks that one of the accelerators is here.</summary>
    /// <param name="options">Those of <c>-accel</c>.</param>
    /// <param name="property">The machine's property <c>accel</c>, with colons between names.</param>
    /// <param name="warn">Is told which ones are not here.</param>
    /// <exception cref="CommandLineException">No accelerator that was asked for is here.</exception>
    /// <returns>The name of the first that is here.</returns>
    public static string Choose(IReadOnlyList<OptionValue<AccelOptions>> options, string? property, Action<string> warn)
    {
        if (property is null && options.Count == 0) return Tcg;
        if (property is not null && options.Count > 0)
        {
            throw new CommandLineException("The -accel and \"-machine accel=\" options are incompatible");
        }

        CommandLineException? refused = null;
        IEnumerable<(string Name, CommandLineException? Failure)> tried = property is null
            ? options.Select(o => (o.Value.Accel, Try(o.Value.Accel, (text) => o.Error(text))))
            : property.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(name => (name, Try(name, text => new(text))));
        foreach ((string name, CommandLineException? failure) in tried)
        {
            if (refused is not null) Report(refused, warn);
            if (failure is null)
            {
                if (refused is not null) warn($"falling back to {name}");
                return name;
            }

            refused = failure;
        }

        throw refused ?? new CommandLineException("no accelerator found");
    }

    private static CommandLineException? Try(string name, Func<string, CommandLineException> error) => name switch
    {
        Tcg or Qtest => null,
        "kvm" => error(NoModule).Then(NoKvm),
        _ => error($"invalid accelerator {name}"),
    };

    private static void Report(CommandLineException failure, Action<string> warn)
    {
        warn(failure.Message);
        if (failure.Consequence is not null) warn(failure.Consequence);
    }
}
