using System.CommandLine;
using Agora.Workloads.Allocation;
using Agora.Workloads.Check;
using Agora.Workloads.Fuzz;
using Agora.Workloads.Hadoop;
using Agora.Workloads.Isolation;
using Agora.Workloads.Live.Dashboard;
using Agora.Workloads.Live.Overhead;
using Agora.Workloads.Mpi;
using Agora.Workloads.Recovery;
using Agora.Workloads.Reports;
using Agora.Workloads.Simulated.Locality;
using Agora.Workloads.Simulated.Model;
using Agora.Workloads.Simulated.Scale;
using Agora.Workloads.Spark;
using Agora.Workloads.Throughput;
using Agora.Workloads.Torque;

// Its own, which bin/agora-bench sets; what it starts has another.
Environment.SetEnvironmentVariable("DOTNET_GCgen0size", null);
// In the order in which they are read; those of one name share a command.
IExperiment[] experiments = [new Agora.Workloads.Simulated.Macro.MacroExperiment(), new Agora.Workloads.Live.Macro.MacroExperiment(), new Agora.Workloads.Simulated.Macro.BeyondExperiment(),
    new OverheadExperiment(), new LocalityExperiment(), new Agora.Workloads.Simulated.Iterative.IterativeExperiment(), new Agora.Workloads.Live.Iterative.IterativeExperiment(),
    new ScaleExperiment(), new Agora.Workloads.Live.Scale.ScaleExperiment(), new ModelExperiment(), new SpeedExperiment(), new IsolationExperiment(),
    new DashboardExperiment()];
var root = new RootCommand("""
    Measure Agora. Each benchmark prints a table: ours, what it is held against, and their ratio.

    Example:
      agora bench throughput
    """) { ThroughputCommand.Create(), AllocationCommand.Create(), CheckCommand.Create(), HadoopCommand.Create(), MpiCommand.Create(), TorqueCommand.Create(),
    SparkCommand.Create(), RecoveryCommand.Create(), FuzzCommand.Create(), PageService.Create(), PageClient.Create() };
foreach (var parts in experiments.Where(e => e is not SpeedExperiment).GroupBy(e => e.Name))
    root.Subcommands.Add(ExperimentCommand.Create([.. parts]));
root.Subcommands.Add(AllCommand.Create(experiments));
return await root.Parse(args).InvokeAsync();
