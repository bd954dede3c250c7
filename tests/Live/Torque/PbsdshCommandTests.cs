using System.Diagnostics;
using Agora.RemoteShell;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Torque;

/// <summary><c>pbsdsh</c> in a job of two hosts, with the remote shells that a job has.</summary>
public sealed class PbsdshCommandTests : IAsyncLifetime
{
    private const string Token = "the token of this job";

    private readonly string _home = Directory.CreateTempSubdirectory("agora-pbsdsh-").FullName;
    private readonly RemoteShellServer[] _servers;

    public PbsdshCommandTests() => _servers = [.. new[] { "n2", "n1" }.Select(name => new RemoteShellServer("127.0.0.1", Token,
        [Path.Combine(Programs.Bin, "agora-mpi"), "session"], new Dictionary<string, string> { ["ON"] = name }, _ => { }))];

    public async ValueTask InitializeAsync()
    {
        new RemoteHosts([new("n2", "127.0.0.1", _servers[0].Port, Token), new("n1", "127.0.0.1", _servers[1].Port, Token)]).Save(Path.Combine(_home, "hosts"));
        await File.WriteAllTextAsync(Path.Combine(_home, "nodes"), "n2\nn2\nn1\nn1\n");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private async Task<Finished> Run(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Programs.Bin, "pbsdsh"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["HOME"] = _home;
        start.Environment["PBS_JOBID"] = "7.vm";
        start.Environment["PBS_NODEFILE"] = Path.Combine(_home, "nodes");
        start.Environment[RemoteHosts.Variable] = Path.Combine(_home, "hosts");
        return await Programs.EndOf(Process.Start(start)!);
    }

    [Fact]
    public async Task Each_slot_runs_a_copy_in_the_home_directory_that_knows_its_numbers()
    {
        var run = await Run("sh", "-c", "echo $ON $PBS_NODENUM $PBS_VNODENUM $PBS_TASKNUM $PBS_JOBID $PWD");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal([$"n1 1 2 4 7.vm {_home}", $"n1 1 3 5 7.vm {_home}", $"n2 0 0 2 7.vm {_home}", $"n2 0 1 3 7.vm {_home}"],
            run.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_largest_exit_code_is_its_own()
    {
        var run = await Run("-s", "sh", "-c", "exit $PBS_TASKNUM");
        Assert.Equal(5, run.ExitCode);
    }

    [Fact]
    public async Task The_copies_read_nothing_and_their_words_stay_words()
    {
        var run = await Run("-u", "sh", "-c", "cat; printf '%s\\n' \"$1\"", "sh", "a  b; c");
        Assert.Equal((0, "a  b; c\na  b; c\n"), (run.ExitCode, run.Text));
    }
}
