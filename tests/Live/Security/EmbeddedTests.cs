using System.Net;
using Agora.Security;
using Agora.Tests.Live.Cluster;
using Grpc.Core;
using Xunit;

namespace Agora.Tests.Live.Security;

/// <summary>A cluster of <c>agora up</c> is its owner's alone, and its secrets are seen by nobody else.</summary>
[Collection(SharedCluster.Name)]
public sealed class EmbeddedTests(LiveCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IEnumerable<string> SecretFiles => new[] { "credentials", "credential", "agent-credential" }.Select(f => Path.Combine(cluster.Home, f));

    private List<string> Secrets() => [.. SecretFiles.SelectMany(File.ReadAllLines).Select(l => l.Split(' ')[^1])];

    [Fact]
    public async Task Another_user_of_the_machine_can_neither_see_it_nor_run_anything()
    {
        var stranger = Directory.CreateTempSubdirectory("agora-stranger-").FullName;
        try
        {
            foreach (var command in new[] { "status", "run --cpus 1 -- id", "kill x --framework y" })
            {
                var refused = await Programs.Run(stranger, Programs.Agora, command.Split(' ') is var words && words[0] == "run"
                    ? ["run", "--master", $"{cluster.Master}", .. words[1..]] : [.. words, "--master", $"{cluster.Master}"]);
                Assert.True(refused.ExitCode is 1 or 125, refused.ToString());
                Assert.Empty(refused.Text);
                Assert.Contains("no token was shown", refused.Error, StringComparison.Ordinal);
            }
        }
        finally
        {
            Directory.Delete(stranger, recursive: true);
        }
        var asked = await Assert.ThrowsAsync<RpcException>(async () => await new V1.OperatorService.OperatorServiceClient(cluster.Channel)
            .GetSnapshotAsync(new V1.GetSnapshotRequest(), cancellationToken: Cancellation));
        Assert.Equal(StatusCode.Unauthenticated, asked.StatusCode);
        using var http = new HttpClient();
        var agent = (await cluster.Snapshot()).Agents[0].Info;
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(new Uri($"http://{agent.Address}:{agent.FilePort}/files/shared?list"), Cancellation)).StatusCode);
    }

    [Fact]
    public void Its_secrets_are_in_files_that_only_their_owner_can_use()
    {
        Assert.All(SecretFiles, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        Assert.Equal(2, Secrets().Distinct().Count());
    }

    [Fact]
    public async Task Its_secrets_are_in_no_log_no_command_line_no_environment_and_no_other_file()
    {
        var run = await cluster.Run("sh", "-c", "env; cat /proc/$PPID/cmdline /proc/$PPID/environ | tr '\\0' '\\n'");
        Assert.True(run.ExitCode == 0, run.ToString());
        var secrets = Secrets();
        Assert.All(secrets, s => Assert.DoesNotContain(s, run.Text + run.Error, StringComparison.Ordinal));
        foreach (var process in cluster.Processes())
            foreach (var part in new[] { "cmdline", "environ" })
                if (ReadIfThere($"/proc/{process.Pid}/{part}") is { } text)
                    Assert.All(secrets, s => Assert.DoesNotContain(s, text, StringComparison.Ordinal));
        foreach (var file in Directory.EnumerateFiles(cluster.Home, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }).Except(SecretFiles))
            if (ReadIfThere(file) is { } text)
                Assert.All(secrets, s => Assert.False(text.Contains(s, StringComparison.Ordinal), $"{file} holds a secret"));
    }

    [Fact]
    public async Task A_daemon_does_not_listen_elsewhere_where_nobody_has_to_show_who_he_is()
    {
        foreach (var daemon in new[] { "master", "agent --master http://127.0.0.1:1" })
        {
            var refused = await Programs.Run(cluster.Home, Programs.Agora, [.. daemon.Split(' '), "--bind", "0.0.0.0", "--port", "0", "--work-dir", Path.Combine(cluster.Home, "none")]);
            Programs.AssertRefused(refused, 2, "will not listen on 0.0.0.0", "--insecure");
            Assert.Contains("--credential", refused.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_file_of_secrets_that_others_may_read_is_refused()
    {
        var list = Path.Combine(cluster.Home, "open-list");
        await File.WriteAllTextAsync(list, Credential.Create("x").ToListLine("operator"), Cancellation);
        File.SetUnixFileMode(list, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        var refused = await Programs.Run(cluster.Home, Programs.Agora, "master", "--port", "0", "--credentials", list);
        File.Delete(list);
        Programs.AssertRefused(refused, 1, "cannot be used", "docs/security.md");
        Assert.Contains("chmod 600", refused.Error, StringComparison.Ordinal);
    }

    /// <returns>Null for what is gone, or no file to be read.</returns>
    private static string? ReadIfThere(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
