using System.CommandLine;
using BenchmarkDotNet.Running;
using Qmp.Benchmarks.Comparison;

// compare: whole programs, beside QEMU. parts: BenchmarkDotNet, with its own options.
if (args is ["parts", .. var rest])
{
    return BenchmarkSwitcher.FromAssembly(typeof(CompareCommand).Assembly).Run(rest).All(s => s.HasCriticalValidationErrors is false) ? 0 : 1;
}

var parts = new Command("parts", "Measure parts with BenchmarkDotNet; further words are its options, such as --filter '*'");
var root = new RootCommand("How fast qmpd is, and beside QEMU") { CompareCommand.Create(), parts };
return root.Parse(args).Invoke();
