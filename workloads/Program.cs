using System.CommandLine;
using Agora.Workloads;

var root = new RootCommand("""
    Measure Agora. Each benchmark prints a table with a published figure where there is one, ours, and their ratio.

    Example:
      agora bench throughput
    """) { ThroughputCommand.Create() };
return await root.Parse(args).InvokeAsync();
