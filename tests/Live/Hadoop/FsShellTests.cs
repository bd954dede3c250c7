using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace Agora.Tests.Live.Hadoop;

/// <summary>
/// A session recorded on Hadoop 1.0.3, repeated command by command: both outputs and the exit codes must be the same,
/// but for times and the store's address.
/// </summary>
[Collection(HadoopCollection.Name)]
public sealed partial class FsShellTests(HadoopCluster cluster)
{
    [Fact]
    public async Task A_session_goes_as_it_went_on_Hadoop()
    {
        var work = Directory.CreateTempSubdirectory("agora-fs-").FullName;
        await cluster.OutputAsync("mkdir -p L/d && printf 'alpha\\nbeta\\n' > L/a.txt && seq 400 > L/seq.txt && : > L/empty && " +
            "printf 'gamma\\n' > L/d/b.txt && gzip -k L/a.txt", work);
        var different = new StringBuilder();
        foreach (Match step in Step().Matches(await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "Hadoop", "golden", "fs-shell.txt"), TestContext.Current.CancellationToken)))
        {
            var command = step.Groups["command"].Value.Replace("/user/root/", $"/user/{Environment.UserName}/", StringComparison.Ordinal);
            var ran = await cluster.RunAsync(Quoted(command), work);
            var lines = step.Groups["lines"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var output = Joined(lines.Where(l => !l.StartsWith("2> ", StringComparison.Ordinal)));
            var error = Joined(lines.Where(l => l.StartsWith("2> ", StringComparison.Ordinal)).Select(l => l[3..]));
            var (actualOutput, actualError) = (Normal(ran.Output), Normal(ran.Error));
            if ($"{ran.Code}" != step.Groups["code"].Value || actualOutput != output || actualError != error)
                different.Append($"$ {command}\n[{ran.Code}]\n{actualOutput}\n2> {actualError}\nrecorded [{step.Groups["code"]}]\n{output}\n2> {error}\n");
        }
        Directory.Delete(work, recursive: true);
        Assert.True(different.Length == 0, different.ToString());
    }

    [Fact]
    public async Task The_spellings_of_Hadoop_2_work_too()
    {
        Assert.Equal("", await cluster.OutputAsync("hadoop fs -mkdir -p /two/a/b && hadoop fs -mkdir -p /two/a/b"));
        await cluster.OutputAsync("printf 'x\\n' | hadoop fs -put - /two/a/f && printf 'yy\\n' | hadoop fs -appendToFile - /two/a/f");
        Assert.Equal("x\nyy\n", await cluster.OutputAsync("hadoop fs -cat /two/a/f"));
        Assert.Matches("^[0-9]+  hdfs://.*/two\n$", await cluster.OutputAsync("hadoop fs -du -s /two"));
        Assert.Matches("^drwx[^\n]*/two/a\ndrwx[^\n]*/two/a/b\n-rw-[^\n]*/two/a/f\n$", await cluster.OutputAsync("hadoop fs -ls -R /two"));
        Assert.Matches("^drwx[^\n]*/two\n$", await cluster.OutputAsync("hadoop fs -ls -d /two"));
        Assert.Equal("/two/a/f\n", await cluster.OutputAsync("hadoop fs -find /two -name 'f*'"));
        Assert.Equal("/two/a/f\tMD5-of-0MD5-of-512CRC32\t", (await cluster.OutputAsync("hadoop fs -checksum /two/a/f"))[..33]);
        Assert.Equal(0, (await cluster.RunAsync("hadoop fs -rm -r -f -skipTrash /two /not/there")).Code);
        Assert.Equal(1, (await cluster.RunAsync("hadoop fs -test -e /two")).Code);
    }

    [Fact]
    public async Task Packed_files_are_printed_unpacked_whatever_they_are_called()
    {
        await cluster.OutputAsync("python3 -c 'import bz2, sys; sys.stdout.buffer.write(bz2.compress(b\"one\\n\") + bz2.compress(b\"two\\n\"))' | " +
            "hadoop fs -put - /packed/b");
        // A frame of one block that is not compressed: its header, two bytes of content, the block's header and bytes.
        await cluster.OutputAsync(@"printf '\050\265\057\375\040\002\021\000\000z\n' | hadoop fs -put - /packed/z");
        await cluster.OutputAsync("python3 -c 'import sys, zlib; sys.stdout.buffer.write(zlib.compress(b\"three\\n\"))' | " +
            "hadoop fs -put - /packed/c.deflate");
        Assert.Equal("one\ntwo\nthree\nz\n", await cluster.OutputAsync("hadoop fs -text '/packed/*'"));
    }

    [Fact]
    public async Task Generic_options_name_another_store_and_properties()
    {
        await cluster.OutputAsync("printf 123 | hadoop fs -D dfs.block.size=1048576 -Ddfs.replication=2 -put - /generic/f");
        Assert.Equal("1048576 2\n", await cluster.OutputAsync("hadoop fs -stat '%o %r' /generic/f"));
        Assert.Matches("^Found [0-9]+ items\n", await cluster.OutputAsync("hadoop fs -fs local -ls /"));
        Assert.Equal(255, (await cluster.RunAsync("hadoop fs -D nonsense -ls /")).Code);
    }

    [Fact]
    public async Task Administrators_see_nodes_and_the_health_of_files()
    {
        await cluster.OutputAsync("printf 12345678901 | hadoop fs -put - /admin/f");
        Assert.Matches(@"^Configured Capacity: \d+ \([\d.]+ [MGT]B\)\nPresent Capacity: [^\n]*\nDFS Remaining: [^\n]*\nDFS Used: [^\n]*\n" +
            @"DFS Used%: [\d.]+%\nUnder replicated blocks: \d+\nBlocks with corrupt replicas: 0\nMissing blocks: 0\n\n-{49}\n" +
            @"Datanodes available: 4 \(4 total, 0 dead\)\n\nName: node1:50010\nDecommission Status : Normal\n",
            await cluster.OutputAsync("hadoop dfsadmin -report"));
        Assert.Matches("""
            ^FSCK started by \w+ from /127.0.0.1 for path /admin at \w+ \w+ \d+ [\d:]+ UTC \d+
            /admin <dir>
            /admin/f 11 bytes, 1 block\(s\):  OK
            0. blk_\d+_1 len=11 repl=1 \[node\d:50010\]

            Status: HEALTHY
             Total size:	11 B
             Total dirs:	1
             Total files:	1
             Total blocks \(validated\):	1 \(avg. block size 11 B\)
             Minimally replicated blocks:	1 \(100.0 %\)
             Over-replicated blocks:	0 \(0.0 %\)
             Under-replicated blocks:	0 \(0.0 %\)
             Mis-replicated blocks:		0 \(0.0 %\)
             Default replication factor:	1
             Average block replication:	1.0
             Corrupt blocks:		0
             Missing replicas:		0 \(0.0 %\)
             Number of data-nodes:		4
             Number of racks:		1
            FSCK ended at \w+ \w+ \d+ [\d:]+ UTC \d+ in \d+ milliseconds


            The filesystem under path '/admin' is HEALTHY
            $
            """.TrimEnd(), await cluster.OutputAsync("hadoop fsck /admin -files -blocks -locations"));
    }

    private static string Joined(IEnumerable<string> lines) => Normal(string.Concat(lines.Select(l => l + "\n")));

    private static string Normal(string text) => string.Concat(Changing().Replace(
        text.Replace("/user/root/", $"/user/{Environment.UserName}/", StringComparison.Ordinal), "~")
        .Split('\n').Where(l => l.Length > 0).Select(l => l + "\n"));

    /// <summary>For the shell: the recorded words are what the command was given.</summary>
    private static string Quoted(string command) => Special().Replace(command, m => $"\\{m.Value}");

    [GeneratedRegex(@"(?:^|\n)\$ (?<command>[^\n]*)\n(?<lines>(?:.*\n)*?)\[rc=(?<code>\d+)\]")]
    private static partial Regex Step();

    [GeneratedRegex(@"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?|\b\d{13}\b|hdfs://[^/\s]*")]
    private static partial Regex Changing();

    [GeneratedRegex(@"[*{}%`&;]|\|(?! hadoop)")]
    private static partial Regex Special();
}
