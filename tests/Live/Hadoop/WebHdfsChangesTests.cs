using System.Text.RegularExpressions;
using Xunit;

namespace Agora.Tests.Live.Hadoop;

/// <summary>What newer HDFS has, by curl and by the commands.</summary>
[Collection(HadoopCollection.Name)]
public sealed partial class WebHdfsChangesTests(HadoopCluster cluster)
{
    [Fact]
    public async Task Curl_cuts_and_joins_files_and_a_token_stands_for_its_user()
    {
        var at = $"http://127.0.0.1:{await PortAsync()}/webhdfs/v1";
        var user = $"user.name={Environment.UserName}";
        var token = TokenText().Match(await cluster.OutputAsync($"curl -s '{at}/?op=GETDELEGATIONTOKEN&{user}'")).Groups[1].Value;
        foreach (var name in new[] { "a", "b" })
            await cluster.OutputAsync($"curl -s -f -L -X PUT --data-binary '{name}-123456,' '{at}/curl/{name}?op=CREATE&delegation={token}'");
        await cluster.OutputAsync($"curl -s -f -X POST '{at}/curl/a?op=CONCAT&sources=/curl/b&delegation={token}'");
        Assert.Equal("""{"boolean":true}""", await cluster.OutputAsync($"curl -s -X POST '{at}/curl/a?op=TRUNCATE&newlength=12&delegation={token}'"));
        Assert.Equal("a-123456,b-1", await cluster.OutputAsync($"curl -s -L '{at}/curl/a?op=OPEN&delegation={token}'"));
        await cluster.OutputAsync($"curl -s -f -X PUT '{at}/?op=CANCELDELEGATIONTOKEN&token={token}&{user}'");
        Assert.Equal("401", await cluster.OutputAsync($"curl -s -o /dev/null -w '%{{http_code}}' '{at}/curl/a?op=OPEN&delegation={token}'"));
        await cluster.OutputAsync("hadoop fs -rmr /curl");
    }

    [Fact]
    public async Task The_commands_cut_join_mark_and_limit()
    {
        await cluster.OutputAsync("for f in a b; do printf \"$f-123456\\n\" | hadoop fs -put - /more/$f; done");
        Assert.Equal("", await cluster.OutputAsync("hadoop fs -concat /more/a /more/b"));
        Assert.Matches("^Truncated hdfs://[^ ]*/more/a to length: 12\n$", await cluster.OutputAsync("hadoop fs -truncate 12 /more/a"));
        Assert.Equal("a-123456\nb-1", await cluster.OutputAsync("hadoop fs -cat /more/a"));
        await cluster.OutputAsync("hadoop fs -setfattr -n user.from -v 'two files' /more/a");
        Assert.Equal("# file: /more/a\nuser.from=\"two files\"\n", await cluster.OutputAsync("hadoop fs -getfattr -d /more/a"));
        Assert.Equal("# file: /more/a\nuser.from=0x74776f2066696c6573\n", await cluster.OutputAsync("hadoop fs -getfattr -n user.from -e hex /more/a"));
        await cluster.OutputAsync("hadoop fs -setfattr -x user.from /more/a");
        Assert.Equal(255, (await cluster.RunAsync("hadoop fs -getfattr -n user.from /more/a")).Code);

        Assert.Equal("", await cluster.OutputAsync("hdfs dfsadmin -setQuota 3 /more && hdfs dfsadmin -setSpaceQuota 1k /more"));
        var count = (await cluster.OutputAsync("hadoop fs -count -q /more")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["3", "1", "1024"], count[..3]);
        await cluster.OutputAsync("hadoop fs -touchz /more/b");
        var names = await cluster.RunAsync("hadoop fs -mkdir /more/c");
        Assert.Equal((255, "mkdir: org.apache.hadoop.hdfs.protocol.NSQuotaExceededException: " +
            "The NameSpace quota (directories and files) of directory /more is exceeded: quota=3 file count=4\n"), (names.Code, names.Error));
        var bytes = await cluster.RunAsync("head -c 2000 /dev/zero | hadoop fs -put -f - /more/b");
        Assert.Equal(255, bytes.Code);
        Assert.StartsWith("put: org.apache.hadoop.hdfs.protocol.DSQuotaExceededException: The DiskSpace quota of /more is exceeded: " +
            "quota = 1024 B = 1 KB but diskspace consumed = ", bytes.Error, StringComparison.Ordinal);
        await cluster.OutputAsync("hdfs dfsadmin -clrQuota /more && hdfs dfsadmin -clrSpaceQuota /more");
        Assert.StartsWith($"{"none",12} {"inf",15} {"none",15} {"inf",15} ", await cluster.OutputAsync("hadoop fs -count -q /more"), StringComparison.Ordinal);
        Assert.Equal(255, (await cluster.RunAsync("hdfs dfsadmin -setQuota 0 /more")).Code);
        await cluster.OutputAsync("hadoop fs -rmr /more");
    }

    private async Task<string> PortAsync() =>
        Regex.Match(await cluster.OutputAsync("hadoop fs -dus /user"), @"^hdfs://[^/]*:(\d+)/").Groups[1].Value;

    [GeneratedRegex("\"urlString\":\"([^\"]+)\"")]
    private static partial Regex TokenText();
}
