using System.Text.RegularExpressions;
using Xunit;

namespace Agora.Tests.Live.Hadoop;

/// <summary>Clients that people use, as they come from npm.</summary>
[Collection(HadoopCollection.Name)]
public sealed class WebHdfsClientTests(HadoopCluster cluster)
{
    [Fact]
    public async Task Clients_from_npm_read_and_write()
    {
        var work = Directory.CreateTempSubdirectory("agora-npm-").FullName;
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Hadoop", "clients", "webhdfs-clients.js"),
            Path.Combine(work, "clients.js"));
        await cluster.OutputAsync("npm install --silent --no-audit --no-fund webhdfs@1.2.0 node-webhdfs@1.0.2", work);
        var port = Regex.Match(await cluster.OutputAsync("hadoop fs -dus /user"), @"^hdfs://[^/]*:(\d+)/").Groups[1].Value;
        Assert.Equal("webhdfs ok\nnode-webhdfs ok\n",
            await cluster.OutputAsync($"node clients.js {port} {Environment.UserName}", work));
        Directory.Delete(work, recursive: true);
    }
}
