using Qmp.Interop.Emulators;

namespace Qmp.EndToEnd.Tests.Interop;

/// <summary>Who counts the acks of the switchover, by release of QEMU.</summary>
public enum AckCounting
{
    /// <summary>QEMU 10.0: the destination.</summary>
    Ten,

    /// <summary>QEMU 11.1 with <c>switchover-ack-legacy=on</c>: the destination.</summary>
    Legacy,

    /// <summary>QEMU 11.1: the source.</summary>
    Eleven,
}

/// <summary>A program that plays a release.</summary>
/// <param name="Counting">The release.</param>
/// <param name="Kind">Whose program it is.</param>
internal sealed record Party(AckCounting Counting, EmulatorKind Kind)
{
    /// <summary>How often it counts what is left, at the closed gate, in about a second.</summary>
    public int SyncsOfASecond => Kind == EmulatorKind.Qmpd ? 80 : 100_000;

    /// <summary>Ends the test here if the program is not there.</summary>
    public void Require()
    {
        if (Kind == EmulatorKind.Qmpd) return;
        if (Counting == AckCounting.Ten) Qemu.Require();
        else if (EmulatorPrograms.NewQemu is null) Assert.Ignore(EmulatorPrograms.NewQemuProblem);
    }

    /// <summary>Starts it.</summary>
    public Task<EmulatorProcess> StartAsync(string role, TemporaryFolder folder, params string[] words)
    {
        QemuRelease release = Counting == AckCounting.Ten ? QemuRelease.Ten : QemuRelease.Eleven;
        string[] legacy = Counting == AckCounting.Legacy ? ["-global", "migration.switchover-ack-legacy=on"] : [];
        return EmulatorProcess.StartAsync(Kind, release, role, folder, [.. legacy, .. words]);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Kind} {Counting}".ToLowerInvariant();
}
