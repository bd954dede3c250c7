using System.Diagnostics;
using Agora.Supervisor.Shared;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Spark;

/// <summary>Parts of the cluster are killed in the middle of a program: its results are right all the same.</summary>
public sealed class FailureTests : IAsyncLifetime
{
    private const int Iterations = 8, MadeAtFirst = 8, Interrupt = 2, Terminate = 15;

    private readonly SparkCluster _cluster = new();

    public ValueTask InitializeAsync() => _cluster.InitializeAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task An_executor_that_is_killed_loses_its_cached_partitions_alone()
    {
        var made = await Run(() =>
        {
            _ = Libc.kill(Executors()[0].Pid, Libc.SIGKILL);
            return Task.CompletedTask;
        });
        // Each partition once, and again what one of two executors had; another try of a task that died computes its own.
        Assert.InRange(made, MadeAtFirst + 1, 2 * MadeAtFirst);
    }

    [Fact]
    public async Task Without_failures_each_cached_partition_is_made_once() => Assert.Equal(MadeAtFirst, await Run(() => Task.CompletedTask));

    [Fact]
    public Task An_agent_that_is_killed_takes_executors_and_shuffle_outputs_with_it() => Run(() => _cluster.KillHard("node1"));

    [Fact]
    public Task A_master_that_is_killed_and_comes_back_is_waited_for() => Run(async () =>
    {
        var command = await _cluster.KillHard("master");
        _cluster.Restart(command);
    });

    [Fact]
    public Task Outputs_of_a_shuffle_that_are_deleted_are_made_anew() => Run(() =>
    {
        foreach (var output in Directory.EnumerateFiles(_cluster.Home, "map_*", SearchOption.AllDirectories).Take(3).ToList())
            File.Delete(output);
        return Task.CompletedTask;
    });

    [Fact]
    public async Task Partitions_that_are_kept_twice_are_not_made_again_when_one_executor_is_killed()
    {
        using var program = SparkProgram.Start(_cluster, "agora", SparkProgram.Path, ["replicas", "5"]);
        var errors = program.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Equal("kept", await program.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        _ = Libc.kill(Executors()[0].Pid, Libc.SIGKILL);
        Assert.Equal($"made {MadeAtFirst}", await program.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Equal("", await errors);
    }

    [Theory]
    [InlineData(Interrupt, 130)]
    [InlineData(Terminate, 143)]
    public async Task A_program_that_is_told_to_end_takes_its_executors_with_it(int signal, int exitCode)
    {
        using var program = SparkProgram.Start(_cluster, "agora", SparkProgram.Path, ["iterate", "1000", "500"]);
        var first = await program.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("iteration 0 right", first, StringComparison.Ordinal);
        _ = Libc.kill(program.Id, signal);
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(exitCode, program.ExitCode);
        await Programs.Until("executors to end", () => Executors().Count == 0, () => string.Join('\n', Executors()));
    }

    /// <summary>Breaks something after the second iteration; all must be right in the end.</summary>
    /// <returns>How often cached partitions were computed.</returns>
    private async Task<int> Run(Func<Task> breakSomething)
    {
        using var program = SparkProgram.Start(_cluster, "agora", SparkProgram.Path, ["iterate", $"{Iterations}", "150"], "--conf", "spark.locality.wait=1s");
        var errors = program.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        List<string> lines = [];
        while (await program.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            lines.Add(line);
            if (lines.Count == 2)
                await breakSomething();
        }
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        var told = $"{string.Join('\n', lines)}\n{await errors}";
        Assert.True(program.ExitCode == 0, told);
        Assert.Equal(Iterations + 1, lines.Count);
        var results = lines.Take(Iterations).Select(l => l.Split(' ')).ToList();
        Assert.All(results, r => Assert.True(r[2] == "right", told));
        Assert.Single(results.Select(r => r[3]).Distinct());
        return int.Parse(lines[^1]["made ".Length..]);
    }

    private List<RunningProcess> Executors() =>
        [.. _cluster.Processes().Where(p => p.Command is [var program, ..] && Path.GetFileName(program) == "agora-spark-executor")];
}
