using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Agora.Tests.Live.Cluster;

/// <summary>A program that has ended.</summary>
internal sealed record Finished(int ExitCode, byte[] Output, string Error)
{
    public string Text => Encoding.UTF8.GetString(Output);

    public override string ToString() => $"exit code {ExitCode}\nstdout: {Text}\nstderr: {Error}";
}

/// <summary>The programs as <c>./build</c> leaves them, run as users run them.</summary>
internal static class Programs
{
    /// <summary>Generous: the machine may be busy. Nothing waits this long unless something is wrong.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public static string Bin { get; } = FindBin();

    public static string Agora => Path.Combine(Bin, "agora");

    private static string FindBin()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "Agora.slnx")))
                return Path.Combine(at.FullName, "bin");
        throw new InvalidOperationException($"no Agora.slnx above {AppContext.BaseDirectory}");
    }

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>Starts a program whose clusters are those of the state directory.</summary>
    public static Process Start(string home, string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["AGORA_HOME"] = home;
        start.Environment.Remove("AGORA_MASTER");
        return Process.Start(start)!;
    }

    public static Task<Finished> EndOf(Process process) => EndOf(process, Patience);

    public static async Task<Finished> EndOf(Process process, TimeSpan patience)
    {
        using (process)
        {
            using var output = new MemoryStream();
            var copying = process.StandardOutput.BaseStream.CopyToAsync(output, TestContext.Current.CancellationToken);
            var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            try
            {
                await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(patience);
                await Task.WhenAll(copying, error).WaitAsync(patience);
            }
            catch (TimeoutException)
            {
                process.Kill();
                Assert.Fail($"{string.Join(' ', process.StartInfo.ArgumentList)} did not end; " +
                    $"it wrote {Encoding.UTF8.GetString(output.ToArray())}");
            }
            return new Finished(process.ExitCode, output.ToArray(), await error);
        }
    }

    public static Task<Finished> Run(string home, string program, params IEnumerable<string> arguments) =>
        EndOf(Start(home, program, arguments));

    /// <summary>Looks until it is as it should be; fails with what was seen last.</summary>
    public static async Task<T> Until<T>(string what, Func<Task<T>> look, Func<T, bool> good, Func<T, string> shown)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var seen = await look();
            if (good(seen))
                return seen;
            if (waited.Elapsed > Patience)
                Assert.Fail($"waited {Patience.TotalSeconds} s for {what}; saw {shown(seen)}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public static Task Until(string what, Func<bool> condition, Func<string> shown) =>
        Until(what, () => Task.FromResult(condition()), b => b, _ => shown());

    /// <summary>What the three lines for the user say.</summary>
    public static void AssertRefused(Finished finished, int exitCode, string what, string fix)
    {
        var lines = finished.Error.TrimEnd().Split('\n');
        Assert.True(finished.ExitCode == exitCode && lines.Length == 3, finished.ToString());
        Assert.StartsWith("error: ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("why:   ", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("fix:   ", lines[2], StringComparison.Ordinal);
        Assert.Contains(what, lines[0], StringComparison.Ordinal);
        Assert.Contains(fix, lines[2], StringComparison.Ordinal);
    }
}
