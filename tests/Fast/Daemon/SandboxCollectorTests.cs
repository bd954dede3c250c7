using Agora.Daemon.Sandboxes;
using Xunit;

namespace Agora.Tests.Fast.Daemon;

public sealed class SandboxCollectorTests : IDisposable
{
    private static readonly GarbageSettings Settings = new(TimeSpan.FromDays(10), 0.1);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private string Sandboxes => _directory["sandboxes"];

    private string Run(string name) => _directory.MakeDirectory($"sandboxes/f/t/{name}");

    private SandboxCollector Collector(params string[] live) =>
        new(Sandboxes, new Trash(_directory["trash"]), Settings, c => live.Contains(c.Value));

    [Fact]
    public void Sandboxes_are_kept_for_their_time_the_less_the_fuller_the_disk_is()
    {
        // 10 days times what is left of 0.9.
        Assert.Equal(9, Settings.AgeMax(0).TotalDays, 6);
        Assert.Equal(5, Settings.AgeMax(0.4).TotalDays, 6);
        Assert.Equal(TimeSpan.Zero, Settings.AgeMax(0.9));
        Assert.Equal(TimeSpan.Zero, Settings.AgeMax(0.99));
        Assert.InRange(SandboxCollector.UsedPart(_directory.Path), 0, 1);
    }

    [Fact]
    public void What_has_ended_goes_when_it_is_old_and_what_runs_stays()
    {
        var (running, ended) = (Run("1-running"), Run("2-ended"));
        var now = DateTimeOffset.UtcNow;
        Assert.Equal(0, Collector("1-running").Collect(now.AddDays(4.9), 0.4));
        Assert.Equal(1, Collector("1-running").Collect(now.AddDays(5.1), 0.4));
        Assert.Equal((true, false), (Directory.Exists(running), Directory.Exists(ended)));
        Assert.Equal(1, Collector().Collect(now.AddDays(5.1), 0.4));
        // With those above that are empty.
        Assert.Empty(Directory.EnumerateFileSystemEntries(Sandboxes));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory["trash"]));
    }

    [Fact]
    public void A_sandbox_whose_disk_is_full_goes_at_once()
    {
        Run("1-ended");
        Assert.Equal(1, Collector().Collect(DateTimeOffset.UtcNow.AddSeconds(1), 0.95));
    }

    [Fact]
    public void Links_are_removed_and_not_what_they_lead_to_and_no_depth_or_name_is_in_the_way()
    {
        var kept = _directory.Write("kept/file", "kept");
        var run = Run("1-ended");
        Directory.CreateSymbolicLink(Path.Combine(run, "out"), _directory["kept"]);
        File.CreateSymbolicLink(Path.Combine(run, "nowhere"), "/no/such/file");
        // Longer than any path may be, in steps that may be.
        const int steps = 40;
        using (var shell = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/bin/sh",
            ["-c", $"n=$(printf 'd%.0s' $(seq 200)); for i in $(seq {steps}); do mkdir $n && cd -P ./$n || exit; done; echo x > file; mkdir \"$(printf 'bad\\377name')\"; chmod 0 ."])
        { WorkingDirectory = run })!)
        {
            shell.WaitForExit();
            Assert.Equal(0, shell.ExitCode);
        }
        Assert.Equal(1, Collector().Collect(DateTimeOffset.UtcNow.AddDays(11), 0));
        Assert.False(Directory.Exists(run));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory["trash"]));
        Assert.Equal("kept", File.ReadAllText(kept));
    }
}
