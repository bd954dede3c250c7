using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Agora.Tests.Live.Cluster;
using Agora.Torque.Jobs.Wire;
using Xunit;

namespace Agora.Tests.Live.Torque;

/// <summary>The commands as they are installed, compiled to native code and called by their names.</summary>
public sealed class NativeCommandTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("agora-pbs-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private Task<Finished> Shell(string line)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", line]) { WorkingDirectory = _home, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["AGORA_HOME"] = _home;
        start.Environment["PATH"] = $"{Programs.Bin}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment.Remove("PBS_DEFAULT");
        return Programs.EndOf(Process.Start(start)!);
    }

    [Fact]
    public async Task A_script_from_a_pipe_a_file_and_two_dashes_is_submitted_as_it_is()
    {
        using var server = new CannedServer(_home, _ => new Reply(Id: "17.vm", Server: "vm"));
        await File.WriteAllTextAsync(Path.Combine(_home, "s.sh"), "#PBS -N ü\nhostname\n", TestContext.Current.CancellationToken);
        var run = await Shell("echo hostname | qsub && qsub s.sh && qsub -- /bin/echo \"it's\" && qsub -z < s.sh");
        Assert.Equal((0, "17.vm\n17.vm\n17.vm\n", ""), (run.ExitCode, run.Text, run.Error));
        var submits = server.Requests.Cast<Request.Submit>().ToList();
        Assert.Equal(["hostname\n", "#PBS -N ü\nhostname\n", "#!/bin/sh\nexec '/bin/echo' 'it'\\''s'\n", "#PBS -N ü\nhostname\n"],
            submits.Select(s => Encoding.UTF8.GetString(s.Script)));
        Assert.Equal(["STDIN", "ü", "echo", "ü"], submits.Select(s => s.Attributes.Single(a => a.Name == "Job_Name").Value));
    }

    [Fact]
    public async Task Output_is_appended_and_cut_off_as_the_shell_will_have_it()
    {
        var jobs = Enumerable.Range(0, 20_000).Select(i => new StatusRecord($"{i}.vm", [new("Job_Name", null, "j"), new("job_state", null, "Q")])).ToList();
        using var server = new CannedServer(_home, _ => new Reply(Records: jobs, Server: "vm"));
        var run = await Shell("(qstat; qstat) > out && wc -l < out && qstat | head -3 | wc -l; qstat > /dev/full; echo $?");
        // Twice the heading and all jobs; of the third nobody reads more than three lines.
        Assert.Equal("40004\n3\n1\n", run.Text);
        Assert.StartsWith("qstat: the output cannot be written: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interactive_job_has_the_terminal()
    {
        var typed = new TaskCompletionSource<string>();
        using var server = new CannedServer(_home, request =>
        {
            if (request is Request.Submit submit)
                _ = Task.Run(() => typed.SetResult(Node(submit.Attributes.Single(a => a.Name == "interactive").Value)), TestContext.Current.CancellationToken);
            return new Reply(Id: "17.vm", Server: "vm");
        });
        var start = new ProcessStartInfo("script", ["-qec", $"{Programs.Bin}/qsub -I -l nodes=1", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["AGORA_HOME"] = _home;
        start.Environment["TERM"] = "vt100";
        using var process = Process.Start(start)!;
        var seen = new StringBuilder();
        while (!seen.ToString().Contains("node$ ", StringComparison.Ordinal))
        {
            var read = process.StandardOutput.Read();
            Assert.True(read >= 0, seen.ToString());
            seen.Append((char)read);
        }
        // A key that would end a program on a terminal is the job's, as is the line's end as it is typed.
        await process.StandardInput.WriteAsync("\u0003ls\r".AsMemory(), TestContext.Current.CancellationToken);
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        seen.Append(await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Programs.Patience, TestContext.Current.CancellationToken));
        Assert.Equal("vt100 24 80|\u0003ls\r", await typed.Task.WaitAsync(Programs.Patience, TestContext.Current.CancellationToken));
        Assert.Equal(["qsub: waiting for job 17.vm to start", "qsub: job 17.vm ready", "", "node$ files", "qsub: job 17.vm completed", ""],
            seen.ToString().Split("\r\n"));
    }

    /// <summary>What the job's first node does: a stranger is turned away, then the terminal is its.</summary>
    private static string Node(string interactive)
    {
        var (address, secret) = (interactive.Split(' ')[0], interactive.Split(' ')[1]);
        var port = int.Parse(address.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
        using (var stranger = new TcpClient("127.0.0.1", port))
        {
            stranger.GetStream().Write("a guess\n"u8);
            Assert.Equal(-1, stranger.GetStream().ReadByte());
        }
        using var node = new TcpClient("127.0.0.1", port);
        var stream = node.GetStream();
        stream.Write(Encoding.ASCII.GetBytes(secret + "\n"));
        var first = Read(stream, '\n');
        stream.Write("node$ "u8);
        var keys = Read(stream, '\r');
        stream.Write("files"u8);
        return $"{first.TrimEnd('\n')}|{keys}";
    }

    private static string Read(NetworkStream stream, char last)
    {
        var text = "";
        while (!text.EndsWith(last) && stream.ReadByte() is var read and >= 0)
            text += (char)read;
        return text;
    }
}
