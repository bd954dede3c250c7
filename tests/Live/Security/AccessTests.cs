using System.Net;
using System.Net.Http.Headers;
using Agora.Security;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Security;

/// <summary>Who is let in may do what the access list says, and nothing else.</summary>
[Collection(SharedGuardedCluster.Name)]
public sealed class AccessTests(GuardedCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_task_of_another_is_neither_killed_nor_read()
    {
        await using var owned = cluster.Framework(GuardedCluster.Alice, new FrameworkInfo(null, "private"));
        var offer = await owned.Offer();
        owned.Call(new SchedulerCall.Accept([offer.Id], [LiveFramework.Task("secretive", offer.AgentId, Resources.Of(0.1m, 32), "echo mine; exec sleep 1000")]));
        await owned.HearsOf("secretive", TaskState.Running);

        Programs.AssertRefused(await cluster.Agora(GuardedCluster.Bob, "kill", "secretive"), 1, "does not allow it", "acl check");
        Programs.AssertRefused(await cluster.Agora(GuardedCluster.Bob, "kill", "--framework", "private"), 1, "does not allow it", "acl check");
        Programs.AssertRefused(await cluster.Agora(GuardedCluster.Bob, "logs", "secretive"), 1, "does not allow it", "acl check");
        Programs.AssertRefused(await cluster.Agora(GuardedCluster.Bob, "drain", "node1"), 1, "does not allow it", "acl check");
        Programs.AssertRefused(await cluster.Agora(GuardedCluster.Bob, "roles", "set", "default", "--weight", "9"), 1, "does not allow it", "acl check");
        Assert.Equal(TaskState.Running, (await cluster.Snapshot()).Tasks.Single(t => t.Id.Value == "secretive").State);

        await Programs.Until("its owner to read it", () => cluster.Agora(GuardedCluster.Alice, "logs", "secretive"), l => l is { ExitCode: 0, Text: "mine\n" }, l => l.ToString());
        Assert.Equal("mine\n", (await cluster.Agora(GuardedCluster.Operator, "logs", "secretive")).Text);
        var killed = await cluster.Agora(GuardedCluster.Alice, "kill", "secretive");
        Assert.True(killed.ExitCode == 0, killed.ToString());
        await owned.HearsOf("secretive", TaskState.Killed);
    }

    [Fact]
    public async Task Files_are_served_to_who_shows_a_token_for_them_and_to_nobody_else()
    {
        await using var owned = cluster.Framework(GuardedCluster.Alice, new FrameworkInfo(null, "files"));
        var offer = await owned.Offer();
        // It looks for ways out, and leaves what its environment lets it read.
        owned.Call(new SchedulerCall.Accept([offer.Id], [LiveFramework.Task("writer", offer.AgentId, Resources.Of(0.1m, 32),
            "echo mine; ln -s / root; ln -s ../../.. up; ln -s /etc/passwd passwd; ln -s stdout inside; echo \"$AGORA_FILES_TOKEN\" > token; exec sleep 1000")]));
        await owned.HearsOf("writer", TaskState.Running);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{cluster.FilePort}/files/") };
        async Task<HttpStatusCode> Get(string path, string? token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (token is not null)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return (await http.SendAsync(request, Cancellation)).StatusCode;
        }
        var sandbox = $"sandbox/{owned.Id}/writer";
        var place = $"127.0.0.1:{cluster.FilePort}";
        var agent = new CredentialFile(cluster.FileOf(GuardedCluster.Nodes)).Read()[0];
        var good = FileToken.Create(agent, $"{owned.Id}", place, DateTimeOffset.UtcNow + FileToken.Lifetime);
        await Programs.Until("the sandbox to be served", async () => await Get($"{sandbox}/token", good), s => s == HttpStatusCode.OK, s => $"{s}");
        Assert.Equal(HttpStatusCode.OK, await Get($"{sandbox}/inside", good));

        Assert.Equal(HttpStatusCode.Unauthorized, await Get($"{sandbox}/stdout", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await Get($"{sandbox}?list", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await Get("shared?list", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await Get($"{sandbox}/stdout", "guess"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Get($"{sandbox}/stdout", FileToken.Create(agent, "framework-other", place, null)));
        Assert.Equal(HttpStatusCode.Unauthorized, await Get($"{sandbox}/stdout", FileToken.Create(agent, $"{owned.Id}", "127.0.0.1:1", null)));
        Assert.Equal(HttpStatusCode.Unauthorized, await Get($"{sandbox}/stdout", FileToken.Create(agent, $"{owned.Id}", place, DateTimeOffset.UtcNow - TimeSpan.FromMinutes(1))));
        Assert.Equal(HttpStatusCode.Unauthorized, await Get($"{sandbox}/stdout", FileToken.Create(Credential.Create("nodes"), $"{owned.Id}", place, null)));
        // A token for the framework leads nowhere else.
        foreach (var path in new[] { "root/etc/passwd", "up/agent-id", "passwd", "..%2f..%2fagent-id", "%2e%2e/%2e%2e/agent-id" })
            Assert.Contains(await Get($"{sandbox}/{path}", good), new[] { HttpStatusCode.NotFound, HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized });
        // What the task itself was given lets it read its own framework's files.
        using var shown = new HttpRequestMessage(HttpMethod.Get, $"{sandbox}/token");
        shown.Headers.Authorization = new AuthenticationHeaderValue("Bearer", good);
        var own = (await (await http.SendAsync(shown, Cancellation)).Content.ReadAsStringAsync(Cancellation)).Trim();
        Assert.Equal(HttpStatusCode.OK, await Get($"{sandbox}/stdout", own));
        Assert.Equal(HttpStatusCode.Unauthorized, await Get("sandbox/framework-other/x/stdout", own));
        await cluster.StillWorks();
    }

    [Fact]
    public async Task A_role_that_is_not_allowed_is_refused_and_the_scheduler_is_told_at_once()
    {
        await using var refused = cluster.Framework(GuardedCluster.Alice, new FrameworkInfo(null, "greedy", Role: "production"));
        var error = await refused.Hears<SchedulerEvent.Error>("that it may not");
        Assert.True(error.Fatal);
        Assert.Contains("principal 'alice' may not register 'production'", error.Text, StringComparison.Ordinal);
        await using var allowed = cluster.Framework(GuardedCluster.Alice, new FrameworkInfo(null, "modest", Role: "shared-1"));
        await allowed.Hears<SchedulerEvent.Subscribed>("that it is subscribed");
    }

    [Fact]
    public async Task Rules_that_change_count_without_a_restart_and_wrong_ones_do_not()
    {
        await using var framework = cluster.Framework(GuardedCluster.Bob, new FrameworkInfo(null, "changing", User: "batch"));
        var offer = await framework.Offer();
        try
        {
            await File.WriteAllTextAsync(cluster.RulesFile, "deny bob run-as root,batch,-\n" + GuardedCluster.Rules, Cancellation);
            var number = 0;
            TaskStatus? denied = null;
            framework.Offered = (offers, calls) => Launch(offers[0], calls);
            void Launch(Offer on, ICollection<SchedulerCall> calls) => calls.Add(new SchedulerCall.Accept([on.Id],
                [LiveFramework.Task($"as-{++number}", on.AgentId, Resources.Of(0.1m, 32), "true")], TimeSpan.Zero));
            framework.Updated = status => denied = status.Reason == StatusReason.TaskUnauthorized ? status : denied;
            framework.Call(new SchedulerCall.Accept([offer.Id], [LiveFramework.Task("as-0", offer.AgentId, Resources.Of(0.1m, 32), "true")], TimeSpan.Zero));
            await Programs.Until("a task to be denied", () => denied is not null, () => $"{number} tasks, none denied");
            Assert.Equal(TaskState.Error, denied!.State);
            Assert.Contains("may not run-as 'batch': line 1 of", denied.Message, StringComparison.Ordinal);
            Assert.Equal(0, (await cluster.Agora(GuardedCluster.Alice, "status")).ExitCode);

            // Wrong ones leave what was before.
            await File.WriteAllTextAsync(cluster.RulesFile, "allow everybody everything", Cancellation);
            await Programs.Until("it to be told", () => File.ReadAllText(Path.Combine(cluster.Home, "agora-master.log")).Contains("goes on to hold", StringComparison.Ordinal), () => "nothing");
            Assert.Equal(0, (await cluster.Agora(GuardedCluster.Alice, "status")).ExitCode);
            Programs.AssertRefused(await cluster.Agora(GuardedCluster.Alice, "drain", "node1"), 1, "does not allow it", "acl check");
        }
        finally
        {
            await File.WriteAllTextAsync(cluster.RulesFile, GuardedCluster.Rules, Cancellation);
        }
    }

    [Theory]
    [InlineData("alice", "kill", "alice", 0, "allowed: line 4: allow alice,bob kill,teardown,read-sandbox self")]
    [InlineData("alice", "kill", "bob", 1, "denied: no line fits")]
    [InlineData("olga", "drain", "node1", 0, "allowed: line 1: allow olga * *")]
    public async Task What_a_list_says_is_told_without_doing_it(string who, string action, string what, int code, string told)
    {
        var rules = Path.Combine(cluster.Home, "rules-to-check");
        await File.WriteAllTextAsync(rules, GuardedCluster.Rules, Cancellation);
        var check = await Programs.Run(cluster.Home, Programs.Agora, "acl", "check", rules, "--principal", who, "--action", action, "--what", what);
        Assert.Equal((code, told + "\n"), (check.ExitCode, check.Text));
    }
}
