using Agora.Daemon.Containers;
using Xunit;

namespace Agora.Tests.Live.Containers;

[Collection(ProcessTests.Name)]
public sealed class OutputTests : IDisposable
{
    private readonly ContainerHarness _agent = new();

    public void Dispose() => _agent.Dispose();

    private async Task<ContainerId> Cat(byte[] content, LogLimits? logs = null)
    {
        var file = Path.Combine(_agent.Directory, "content");
        await File.WriteAllBytesAsync(file, content, TestContext.Current.CancellationToken);
        var id = _agent.Launch(CommandSpec.Shell($"cat {file}; cat {file} >&2"), logs);
        Assert.Equal(0, (await _agent.Exited(id)).ExitCode);
        return id;
    }

    private byte[] Bytes(ContainerId id, string name) => File.ReadAllBytes(Path.Combine(_agent.Sandbox(id), name));

    private static byte[] Noise(int length)
    {
        var noise = new byte[length];
        new Random(length).NextBytes(noise);
        return noise;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Output_is_kept_byte_for_byte_with_and_without_a_limit(bool limited)
    {
        var content = Noise(3_000_017);
        var id = await Cat(content, limited ? LogLimits.Default : LogLimits.None);
        Assert.Equal(content, Bytes(id, "stdout"));
        Assert.Equal(content, Bytes(id, "stderr"));
    }

    [Fact]
    public async Task A_full_file_is_rotated_and_the_newest_output_is_kept()
    {
        const int cap = 100_000;
        var content = Noise(3 * cap + 321);
        var id = await Cat(content, new LogLimits(cap, Files: 3));
        // Files of exactly the cap, oldest dropped: what is left is the end of the output.
        byte[] kept = [.. Bytes(id, "stdout.2"), .. Bytes(id, "stdout.1"), .. Bytes(id, "stdout")];
        Assert.Equal(content[cap..], kept);
        Assert.Equal((cap, cap, 321), (Bytes(id, "stdout.2").Length, Bytes(id, "stdout.1").Length,
            Bytes(id, "stdout").Length));
        Assert.False(File.Exists(Path.Combine(_agent.Sandbox(id), "stdout.3")));
        Assert.Equal(content[^321..], Bytes(id, "stderr"));
    }

    [Fact]
    public async Task A_single_file_keeps_the_end_of_the_output()
    {
        var id = await Cat(Noise(2_500), new LogLimits(1_000, Files: 1));
        Assert.Equal(Noise(2_500)[2_000..], Bytes(id, "stdout"));
    }

    [Fact]
    public async Task Output_of_a_descendant_that_outlives_the_command_is_kept_until_it_ends()
    {
        var id = _agent.Shell("(trap 'echo last; exit' TERM; echo ready > flag; while :; do sleep 0.01; done) & " +
            "while [ ! -e flag ]; do sleep 0.01; done; echo first");
        await _agent.Exited(id);
        Assert.Equal("first\nlast\n", _agent.Output(id));
    }

    [Fact]
    public async Task Output_never_goes_through_a_link_that_the_command_planted()
    {
        var victim = Path.Combine(_agent.Directory, "victim");
        await File.WriteAllTextAsync(victim, "untouched", TestContext.Current.CancellationToken);
        var id = _agent.Launch(CommandSpec.Shell($"rm stdout; ln -s {victim} stdout; ln -sf {victim} stdout.1; " +
            "head -c 5000 /dev/zero"), new LogLimits(1_000, Files: 2));
        await _agent.Exited(id);
        Assert.Equal("untouched", await File.ReadAllTextAsync(victim, TestContext.Current.CancellationToken));
        Assert.Equal(1_000, Bytes(id, "stdout").Length);
    }
}
