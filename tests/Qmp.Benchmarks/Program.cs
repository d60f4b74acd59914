using System.CommandLine;
using Qmp.Benchmarks.Comparison;

var root = new RootCommand("How fast qmpd is, and beside QEMU") { CompareCommand.Create() };
return root.Parse(args).Invoke();
