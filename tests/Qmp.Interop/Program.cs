using System.CommandLine;
using Qmp.Interop.Endurance;
using Qmp.Interop.Kills;
using Qmp.Interop.Soak;

var root = new RootCommand("Migrations between qmpd and QEMU, outside of the tests")
{
    SoakCommand.Create(), KillsCommand.Create(), EnduranceCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
