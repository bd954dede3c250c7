using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Agora.Election;
using Agora.Sdk;
using Agora.Security;
using Agora.Security.Tls;
using Agora.Supervisor.Shared;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Security;

/// <summary>A master and an agent that speak TLS alone, with certificates that <c>agora certs</c> made.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("agora-tls-").FullName;
    private readonly List<Process> _processes = [];
    private readonly int _port = Programs.FreePort();

    private Uri Master => new($"https://127.0.0.1:{_port}");

    private string Of(string name) => Path.Combine(_home, name);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes.AsEnumerable().Reverse())
        {
            _ = Libc.kill(process.Id, Libc.SIGTERM);
            await process.WaitForExitAsync().WaitAsync(Programs.Patience);
            process.Dispose();
        }
        Directory.Delete(_home, recursive: true);
    }

    private async Task Make(params IEnumerable<string> arguments)
    {
        var made = await Programs.Run(_home, Programs.Agora, arguments);
        Assert.True(made.ExitCode == 0, made.ToString());
    }

    private async Task Start(string program, params IEnumerable<string> arguments)
    {
        var process = Programs.Start(_home, "/bin/sh", ["-c", "exec \"$@\" 2>\"$0\"", Of($"{program}.log"), Path.Combine(Programs.Bin, program), .. arguments]);
        _processes.Add(process);
        var ready = await process.StandardOutput.ReadLineAsync().WaitAsync(Programs.Patience);
        Assert.True(ready?.StartsWith("ready https://", StringComparison.Ordinal) == true, $"{ready}{await File.ReadAllTextAsync(Of($"{program}.log"))}");
    }

    /// <summary>A command with this TLS directory and credential; null for none.</summary>
    private Task<Finished> Agora(string? tls, string? credential, params IEnumerable<string> arguments) => Programs.Run(_home, "/usr/bin/env",
        [.. tls is null ? (string[])[] : [$"{TlsDirectory.Variable}={Of(tls)}"], .. credential is null ? (string[])[] : [$"{CredentialFile.Variable}={Of(credential)}"], Programs.Agora, .. arguments]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cluster_with_TLS_runs_tasks_and_takes_nobody_whom_its_authority_does_not_know(bool wantsCertificates)
    {
        await Make("certs", "ca", Of("ca"));
        await Make("certs", "ca", Of("other-ca"));
        await Make("certs", "issue", "master1", "--ca", Of("ca"), "--host", "127.0.0.1,localhost", "--out", Of("tls-master"));
        await Make("certs", "issue", "nodes", "--ca", Of("ca"), "--host", "127.0.0.1", "--out", Of("tls-agent"));
        await Make("certs", "issue", "alice", "--ca", Of("ca"), "--out", Of("tls-alice"));
        await Make("certs", "issue", "alice", "--ca", Of("other-ca"), "--out", Of("tls-other"));
        await Make("credential", "nodes", "--roles", "agent", "--list", Of("list"), "--out", Of("nodes.credential"));
        await Make("credential", "alice", "--roles", "framework,operator", "--list", Of("list"), "--out", Of("alice.credential"));
        await Start("agora-master", ["--port", $"{_port}", "--work-dir", Of("master"), "--credentials", Of("list"), "--tls-dir", Of("tls-master"), .. wantsCertificates ? (string[])["--client-certificates"] : []]);
        await Start("agora-agent", "--master", $"{Master}", "--port", "0", "--hostname", "node1", "--resources", "cpus:2;mem:512", "--work-dir", Of("agent"),
            "--credential", Of("nodes.credential"), "--tls-dir", Of("tls-agent"));

        // With certificates asked for, one is enough; else a token shows who it is.
        var run = await Agora("tls-alice", wantsCertificates ? null : "alice.credential", "run", "--master", $"{Master}", "--cpus", "1", "--", "echo", "by TLS");
        Assert.True((run.ExitCode, run.Text) == (0, "by TLS\n"), run.ToString());
        // Another authority's certificate, none at all, and no TLS.
        foreach (var (tls, master) in new[] { ("tls-other", $"{Master}"), (null, $"{Master}"), ("tls-alice", $"http://127.0.0.1:{_port}") })
        {
            var refused = await Agora(tls, "alice.credential", "status", "--master", master);
            Assert.True(refused.ExitCode == 1, refused.ToString());
            Assert.Contains("did not answer", refused.Error, StringComparison.Ordinal);
        }
        // A name that its certificate does not have.
        Assert.Equal(1, (await Agora("tls-alice", "alice.credential", "status", "--master", $"https://127.0.0.2:{_port}")).ExitCode);

        // A new certificate counts without a restart, and what runs goes on.
        await Make("certs", "issue", "master1", "--ca", Of("ca"), "--host", "127.0.0.1,later.example.org", "--out", Of("tls-master"));
        var client = new TlsDirectory(Of("tls-alice"), TimeProvider.System);
        await Programs.Until("the new certificate to be shown", async () =>
        {
            using var tcp = new TcpClient();
            await tcp.ConnectAsync("127.0.0.1", _port);
            await using var stream = new SslStream(tcp.GetStream());
            var options = client.ClientOptions();
            options.TargetHost = "later.example.org";
            try
            {
                await stream.AuthenticateAsClientAsync(options);
                return true;
            }
            catch (AuthenticationException)
            {
                return false;
            }
        }, shown => shown, _ => "the former one");
        await using var asked = new OperatorClient(new MasterLocation.Hosts([Master]), Programs.Patience, TimeProvider.System,
            new MasterAccess(new CredentialFile(Of("alice.credential")), client));
        Assert.Equal(AgentCondition.Active, Assert.Single((await asked.SnapshotAsync(withTasks: false, TestContext.Current.CancellationToken)).Agents).Condition);
    }
}
