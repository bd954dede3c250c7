using Xunit;

namespace Agora.Tests.Live.Torque;

/// <summary>
/// Scripts in the styles of real users, each with a session that submits it and looks at what has come of it. Nothing in
/// them knows of Agora. Their user has a home of its own: what the machine's user does at login is no part of the tests.
/// </summary>
[Collection(SharedTorqueCluster.Name)]
public sealed class SessionTests(TorqueCluster cluster, TestUser user) : IClassFixture<TestUser>
{
    private static readonly string Sessions = Path.Combine(AppContext.BaseDirectory, "Torque", "sessions");

    public static TheoryData<string> Names => [.. Directory.EnumerateDirectories(Sessions).Select(d => Path.GetFileName(d)).Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_session_prints_what_it_would_with_the_original(string name)
    {
        var directory = user.NewDirectory();
        await cluster.Output($"cp {Sessions}/{name}/* {Sessions}/prelude {directory}; chmod a+r {directory}/*");
        var session = await cluster.ShellOf(user, ". ./prelude; . ./session", directory);
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Sessions, name, "expected"), TestContext.Current.CancellationToken), session.Text);
        Assert.Equal("", session.Error);
    }
}
