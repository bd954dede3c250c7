using System.Text;
using Xunit;

namespace Agora.Tests.Live.Torque;

/// <summary>
/// Sessions of a user at a real Torque, as they were recorded: the same commands print the same here and end with the same
/// codes. Where Agora differs on purpose, a line before says how.
/// <code>
///   $ command        of the user, and below it what is printed, "2> " before what is on standard error, [rc=code] behind
///   % line           brings the user's jobs and files to where the recording had them; prints nothing
///   ! line           the same, of the administrator
///   & command        of the administrator, with what it prints
///   @ directory      where the user goes on, from the home directory
/// </code>
/// </summary>
public sealed class RecordedSessionTests : IAsyncLifetime
{
    private const string Prelude = """
        state() { qstat -f -1 "$1" | sed -n 's/^    job_state = //p'; }
        awaits() { local s=$1 id; shift; for id; do until [ "$(state "$id")" = $s ]; do sleep 0.05; done; done; }
        await() { awaits C "$@"; }

        """;

    /// <summary>Of the administrator: the process that runs a service of the cluster.</summary>
    private const string AdministratorsPrelude = """
        pid() { python3 -c "import json, sys; print(*[p['pid'] for p in json.load(open('cluster.json'))['processes'] if p['name'] == sys.argv[1]])" $1; }

        """;

    private readonly TorqueCluster _cluster = new();
    private readonly TestUser _user = new();

    private static readonly string Recordings = Path.Combine(AppContext.BaseDirectory, "Torque", "recordings");

    public static TheoryData<string> Names => [.. Directory.EnumerateFiles(Recordings).Select(d => Path.GetFileName(d)).Order()];

    public async ValueTask InitializeAsync()
    {
        await _user.InitializeAsync();
        await ((IAsyncLifetime)_cluster).InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _user.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_session_reads_as_it_did_at_a_real_Torque(string name)
    {
        // Ids are set as the recording has them, which an administrator may.
        Assert.SkipUnless(TestUser.IsAnother, "needs root, to be an administrator and to run jobs as somebody else");
        var lines = await File.ReadAllLinesAsync(Path.Combine(Recordings, name), TestContext.Current.CancellationToken);
        var differences = new StringBuilder();
        var directory = "work";
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith('#'))
                continue;
            if (lines[i].Length < 2 || lines[i][1] != ' ')
                Assert.Fail($"{name}: line {i + 1} is of no command");
            var text = lines[i][2..];
            switch (lines[i][0])
            {
                case '@':
                    directory = text;
                    break;
                case '!':
                    Assert.Equal("", await _cluster.Output(AdministratorsPrelude + text));
                    break;
                case '%':
                    var arranged = await As(directory, text);
                    Assert.True(arranged is { ExitCode: 0, Text: "", Error: "" }, $"{name}: '{text}': {arranged}");
                    break;
                case '$' or '&':
                    var by = lines[i][0];
                    var expected = new StringBuilder();
                    for (; !lines[i].StartsWith("[rc=", StringComparison.Ordinal); i++)
                        expected.Append(lines[i]).Append('\n');
                    expected.Append(lines[i]).Append('\n');
                    var ran = by == '&' ? await _cluster.Shell(AdministratorsPrelude + text) : await As(directory, text);
                    var seen = $"{by} {text}\n{ran.Text}{Marked(ran.Error)}[rc={ran.ExitCode}]\n";
                    var (there, here) = (RecordedText.Timeless(expected.ToString()), RecordedText.Timeless(RecordedText.OfHere(seen, _user.Name, _user.Home)));
                    // Within a second the server's lines come before those of the accounting: where a second ends decides the order.
                    if (text.StartsWith("tracejob", StringComparison.Ordinal))
                        (there, here) = (InOrder(there), InOrder(here));
                    if (here != there)
                        differences.Append($"recorded:\n{there}here:\n{here}\n");
                    break;
            }
        }
        Assert.True(differences.Length == 0, $"{name} differs\n{differences}");
    }

    private static string InOrder(string lines) => string.Join('\n', lines.Split('\n').Order(StringComparer.Ordinal));

    private Task<Cluster.Finished> As(string directory, string line) => _cluster.Shell(
        $"export HOME={_user.Home} USER={_user.Name} LOGNAME={_user.Name} SHELL=/bin/bash; mkdir -p ~/{directory}; cd ~/{directory}\n{Prelude}{line.Replace("/home/alice", _user.Home, StringComparison.Ordinal).Replace("alice", _user.Name, StringComparison.Ordinal)}",
        _user.Home, _user.Name);

    /// <summary>Of a usage text, only the first words are the original's.</summary>
    private static string Marked(string error)
    {
        if (error.Length == 0)
            return "";
        if (error.IndexOf("usage: ", StringComparison.Ordinal) is >= 0 and var usage)
            error = $"{error[..usage]}{string.Join(' ', error[usage..].Split(' ', '\n').Take(2))} ...\n";
        return error.EndsWith('\n')
            ? string.Concat(error[..^1].Split('\n').Select(l => $"2> {l}\n"))
            : $"2> {error}(no end of line)\n";
    }
}
