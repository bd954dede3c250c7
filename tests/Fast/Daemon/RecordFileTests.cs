using System.Runtime.Versioning;
using Agora.Cluster;
using Agora.Daemon.Hosting;
using Agora.Protocol;
using Agora.Tests.Fast.Cluster;
using Xunit;

namespace Agora.Tests.Fast.Daemon;

public sealed class RecordFileTests : IDisposable
{
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("agora-records-").FullName, "records");
    private readonly Agent _agent = new AgentBench().Machine;

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    private static IReadOnlyList<AgentRecord> Records(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(i => new AgentRecord.TaskForgotten(new FrameworkId("f"), new TaskId($"t{i}")))];

    [Fact]
    public void What_was_written_is_read_by_the_next()
    {
        using (var file = new RecordFile(_path))
        {
            Assert.Empty(file.Former);
            file.Replace(Records(0, 2));
            file.Append(Records(2, 3), _agent);
        }
        using var next = new RecordFile(_path);
        Assert.Equal(Records(0, 5), next.Former);
        next.Replace(Records(7, 1));
        using var third = new RecordFile(_path);
        Assert.Equal(Records(7, 1), third.Former);
    }

    [Fact]
    public void A_record_that_was_cut_off_is_left_out_and_what_comes_after_replaces_it()
    {
        using (var file = new RecordFile(_path))
            file.Replace(Records(0, 3));
        var whole = File.ReadAllBytes(_path);
        for (var length = whole.Length / 3 * 2; length < whole.Length; length++)
        {
            File.WriteAllBytes(_path, whole[..length]);
            using var next = new RecordFile(_path);
            Assert.Equal(Records(0, 2), next.Former);
        }
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public void Nobody_else_reads_the_tokens()
    {
        using var file = new RecordFile(_path);
        file.Replace([]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_path));
    }

    [Fact]
    public void Something_else_in_its_place_is_refused()
    {
        File.WriteAllBytes(_path, [2, 0, 0, 0, 8, 1]);
        Assert.Throws<WireFormatException>(() => new RecordFile(_path));
    }

    [Fact]
    public void A_file_that_has_grown_long_is_written_anew_with_what_counts()
    {
        var large = new AgentRecord.TaskChanged(new FrameworkId("f"), new TaskId("t"), TaskState.Running, null, 1, 1,
            [new TaskStatus(new TaskId("t"), TaskState.Running, StatusSource.Agent, StatusReason.None, new string('x', 1 << 20), DateTimeOffset.UnixEpoch)]);
        using var file = new RecordFile(_path);
        for (var i = 0; i < 40; i++)
            file.Append([large], _agent);
        Assert.InRange(new FileInfo(_path).Length, 0, 20 << 20);
    }
}
