using Agora.Security;
using Agora.Tests.Live.Cluster;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Xunit;

namespace Agora.Tests.Live.Security;

/// <summary>Who comes without a credential, with another's, or with a token that was seen, is not let in.</summary>
[Collection(SharedGuardedCluster.Name)]
public sealed class IdentityTests(GuardedCluster cluster)
{
    private static CallOptions Options => new(deadline: DateTime.UtcNow + Programs.Patience, cancellationToken: TestContext.Current.CancellationToken);

    private static async Task<Status> Asked(CallInvoker invoker)
    {
        try
        {
            await new V1.OperatorService.OperatorServiceClient(invoker).GetSnapshotAsync(new V1.GetSnapshotRequest(), Options);
            return Status.DefaultSuccess;
        }
        catch (RpcException e)
        {
            return e.Status;
        }
    }

    /// <summary>Opens one of the streams and waits for its end, which is one of refusal.</summary>
    private static async Task<Status> Connected(CallInvoker invoker, string service)
    {
        try
        {
            if (service == "agent")
            {
                using var call = new V1.AgentService.AgentServiceClient(invoker).Connect(Options);
                await call.ResponseStream.MoveNext(Options.CancellationToken);
            }
            else
            {
                using var call = new V1.SchedulerService.SchedulerServiceClient(invoker).Connect(Options);
                await call.ResponseStream.MoveNext(Options.CancellationToken);
            }
            return Status.DefaultSuccess;
        }
        catch (RpcException e)
        {
            return e.Status;
        }
    }

    [Fact]
    public async Task Without_a_credential_nothing_is_seen_or_done()
    {
        Assert.All([await Asked(cluster.As(null)), await Connected(cluster.As(null), "agent"), await Connected(cluster.As(null), "scheduler")], status =>
        {
            Assert.Equal(StatusCode.Unauthenticated, status.StatusCode);
            Assert.Contains(CredentialFile.Variable, status.Detail, StringComparison.Ordinal);
        });
        foreach (var command in new[] { "status", "tasks", "kill run --framework x", "drain node1" })
            Programs.AssertRefused(await cluster.Agora(null, command.Split(' ')), 1, "does not know who this is", CredentialFile.Variable);
        var run = await cluster.Run(null, "nobody", "true");
        Assert.True(run.ExitCode == 125, run.ToString());
        Assert.Contains("no token was shown", run.Error, StringComparison.Ordinal);
        await cluster.StillWorks();
    }

    [Fact]
    public async Task A_credential_that_is_not_listed_or_has_another_secret_is_refused()
    {
        Assert.Equal(StatusCode.Unauthenticated, (await Asked(cluster.As(GuardedCluster.Stranger))).StatusCode);
        PrivateFile.Write(cluster.FileOf("guess"), Credential.Create(GuardedCluster.Operator).ToFile());
        var guess = await Asked(cluster.As("guess"));
        Assert.Equal((StatusCode.Unauthenticated, true), (guess.StatusCode, guess.Detail.Contains("its secret is another one", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_principal_gets_no_further_than_its_roles()
    {
        Assert.Equal(StatusCode.PermissionDenied, (await Connected(cluster.As(GuardedCluster.Alice), "agent")).StatusCode);
        Assert.Equal(StatusCode.PermissionDenied, (await Connected(cluster.As(GuardedCluster.Nodes), "scheduler")).StatusCode);
        var seen = await Asked(cluster.As(GuardedCluster.Nodes));
        Assert.Equal((StatusCode.PermissionDenied, true), (seen.StatusCode, seen.Detail.Contains("not listed as framework or operator", StringComparison.Ordinal)));
        Assert.Equal(StatusCode.PermissionDenied, (await Connected(cluster.As(GuardedCluster.Operator), "scheduler")).StatusCode);
        Assert.Equal(StatusCode.OK, (await Asked(cluster.As(GuardedCluster.Operator))).StatusCode);
    }

    [Fact]
    public async Task A_token_that_was_seen_is_of_no_use()
    {
        var seen = cluster.Access(GuardedCluster.Operator).Headers();
        var invoker = cluster.Channel.Intercept(_ => seen);
        Assert.Equal(StatusCode.OK, (await Asked(invoker)).StatusCode);
        var again = await Asked(invoker);
        Assert.Equal((StatusCode.Unauthenticated, true), (again.StatusCode, again.Detail.Contains("used before", StringComparison.Ordinal)));
        var files = new Metadata { { Bearer.Header, Bearer.Of(FileToken.Create(new CredentialFile(cluster.FileOf(GuardedCluster.Nodes)).Read()[0], "f", FileToken.Everywhere, null)) } };
        Assert.Equal(StatusCode.Unauthenticated, (await Asked(cluster.Channel.Intercept(_ => files))).StatusCode);
    }

    [Fact]
    public async Task A_secret_is_changed_while_everything_runs()
    {
        // No rule lets her do anything; that is what she is told once she is known.
        const StatusCode Known = StatusCode.PermissionDenied;
        var before = await File.ReadAllTextAsync(cluster.ListFile, TestContext.Current.CancellationToken);
        await cluster.MakeCredential("carol", "operator");
        await Programs.Until("carol to be known", async () => (await Asked(cluster.As("carol"))).StatusCode, c => c == Known, c => $"{c}");
        File.Copy(cluster.FileOf("carol"), cluster.FileOf("carol-old"));
        File.SetUnixFileMode(cluster.FileOf("carol-old"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        // A second one: both hold.
        await cluster.MakeCredential("carol", "operator");
        await Programs.Until("the new secret to be known", async () => (await Asked(cluster.As("carol"))).StatusCode, c => c == Known, c => $"{c}");
        Assert.Equal(Known, (await Asked(cluster.As("carol-old"))).StatusCode);
        // Without the first line the former holds no more.
        var former = (await File.ReadAllTextAsync(cluster.FileOf("carol-old"), TestContext.Current.CancellationToken)).Split(' ')[1].Trim();
        PrivateFile.Write(cluster.ListFile, string.Join('\n', (await File.ReadAllLinesAsync(cluster.ListFile, TestContext.Current.CancellationToken))
            .Where(l => !l.EndsWith(former, StringComparison.Ordinal))) + "\n");
        await Programs.Until("the former secret to be refused", async () => (await Asked(cluster.As("carol-old"))).StatusCode, c => c == StatusCode.Unauthenticated, c => $"{c}");
        Assert.Equal(Known, (await Asked(cluster.As("carol"))).StatusCode);
        PrivateFile.Write(cluster.ListFile, before);
        await Programs.Until("carol to be gone", async () => (await Asked(cluster.As("carol"))).StatusCode, c => c == StatusCode.Unauthenticated, c => $"{c}");
        await cluster.StillWorks();
    }

    [Fact]
    public async Task A_framework_is_not_taken_over_by_another_principal()
    {
        await using var owned = cluster.Framework(GuardedCluster.Alice, new FrameworkInfo(null, "owned", FailoverTimeout: TimeSpan.FromMinutes(1)));
        await owned.Hears<SchedulerEvent.Subscribed>("that it is subscribed");
        await using var thief = cluster.Framework(GuardedCluster.Bob, new FrameworkInfo(owned.Id, "thief"));
        await thief.Hears<SchedulerEvent.Error>("that it may not", e => e.Fatal && e.Text.Contains("belongs to another principal", StringComparison.Ordinal));
        // What it calls itself does not count.
        await using var liar = cluster.Framework(GuardedCluster.Bob, new FrameworkInfo(owned.Id, "liar", Principal: GuardedCluster.Alice));
        await liar.Hears<SchedulerEvent.Error>("that it may not", e => e.Fatal && e.Text.Contains("belongs to another principal", StringComparison.Ordinal));
        Assert.DoesNotContain(owned.Heard, e => e is SchedulerEvent.Error);
    }
}
