using System.CommandLine;
using Agora.Workloads;
using Agora.Workloads.Hadoop;
using Agora.Workloads.Mpi;
using Agora.Workloads.Simulated;
using Agora.Workloads.Simulated.Locality;
using Agora.Workloads.Simulated.Model;
using Agora.Workloads.Simulated.Scale;
using Agora.Workloads.Spark;
using Agora.Workloads.Torque;

var root = new RootCommand("""
    Measure Agora. Each benchmark prints a table: ours, what it is held against, and their ratio.

    Example:
      agora bench throughput
    """) { ThroughputCommand.Create(), HadoopCommand.Create(), MpiCommand.Create(), TorqueCommand.Create(), SparkCommand.Create(),
    SimulatedCommand.Create(new ModelExperiment()), SimulatedCommand.Create(new ScaleExperiment()),
    SimulatedCommand.Create(new LocalityExperiment()) };
return await root.Parse(args).InvokeAsync();
