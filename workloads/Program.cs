using System.CommandLine;
using Agora.Workloads;
using Agora.Workloads.Hadoop;
using Agora.Workloads.Mpi;
using Agora.Workloads.Spark;
using Agora.Workloads.Torque;

var root = new RootCommand("""
    Measure Agora. Each benchmark prints a table: ours, what it is held against, and their ratio.

    Example:
      agora bench throughput
    """) { ThroughputCommand.Create(), HadoopCommand.Create(), MpiCommand.Create(), TorqueCommand.Create(), SparkCommand.Create() };
return await root.Parse(args).InvokeAsync();
