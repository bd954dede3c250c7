using System.Text;
using Agora.Torque.Cli;
using Agora.Torque.Cli.Server;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using Xunit;

namespace Agora.Tests.Fast.Torque;

/// <summary>
/// Calls a command in this process, with a server that gives prepared answers. The machine is called <c>vm</c> and the
/// user <c>alice</c>, as in the recorded sessions.
/// </summary>
internal sealed class CommandBench : IServerConnector
{
    private static readonly Lazy<string> Root = new(() =>
    {
        var root = System.IO.Directory.CreateTempSubdirectory("agora-pbs-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => System.IO.Directory.Delete(root, recursive: true);
        return root;
    });

    private static int _directories;

    private readonly List<Request> _requests = [];

    private readonly Lazy<string> _directory = new(() =>
        System.IO.Directory.CreateDirectory(Path.Combine(Root.Value, $"{Interlocked.Increment(ref _directories)}")).FullName);

    /// <summary>What the command asked.</summary>
    public IReadOnlyList<Request> Requests => _requests;

    /// <summary>Answers in their order; the last one is given again and again.</summary>
    public Queue<Reply> Replies { get; } = [];

    public bool IsDown { get; init; }

    public Dictionary<string, string> Environment { get; } = new() { ["HOME"] = "/home/alice", ["LOGNAME"] = "alice", ["PATH"] = "/bin" };

    /// <summary>The current one, of this bench alone.</summary>
    public string Directory => _directory.Value;

    public string Input { get; set; } = "";

    public DateTimeOffset Now { get; init; } = new(new DateTime(2026, 11, 22, 17, 9, 9, DateTimeKind.Local));

    /// <returns>Exit code, output, errors.</returns>
    public (int ExitCode, string Out, string Error) Run(string command, params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var context = new CommandContext
        {
            Command = command,
            Out = output,
            Error = error,
            OpenInput = () => new MemoryStream(Encoding.UTF8.GetBytes(Input)),
            Variable = name => Environment.GetValueOrDefault(name),
            Variables = () => Environment,
            Directory = Directory,
            Host = "vm",
            User = "alice",
            Now = Now,
            Servers = this,
            ConnectTries = CommandTable.ConnectTriesOf(command),
        };
        int? exitCode;
        try
        {
            exitCode = CommandTable.Run(context, arguments, Directory, () => false);
        }
        catch (CommandFailure failure)
        {
            exitCode = failure.ExitCode;
            if (failure.Message.Length > 0)
                error.WriteLine(failure.Message);
        }
        return (exitCode ?? throw new InvalidOperationException($"there is no {command}"), output.ToString(), error.ToString());
    }

    /// <summary>A script in the current directory.</summary>
    public string Script(string text, string name = "s.sh")
    {
        File.WriteAllText(Path.Combine(Directory, name), text);
        return Path.Combine(Directory, name);
    }

    /// <summary>Submits it, and returns what the server was asked.</summary>
    public Request.Submit Submit(params string[] arguments)
    {
        Replies.Enqueue(new Reply(Id: "7.vm", Server: "vm"));
        var (exitCode, output, error) = Run("qsub", arguments);
        Assert.Equal((0, "7.vm\n", ""), (exitCode, output, error));
        return Assert.IsType<Request.Submit>(_requests[^1]);
    }

    public void Refuse(PbsError error, string message) => Replies.Enqueue(new Reply(error, message, Server: "vm"));

    public IServerLink Connect(string? server, TimeSpan patience)
    {
        if (server is not null and not "vm")
            throw new ServerUnreachableException(server, isUnknown: true);
        return IsDown ? throw new ServerUnreachableException("vm", isUnknown: false) : new Link(this);
    }

    private Reply Answer(Request request)
    {
        _requests.Add(request);
        return Replies.Count switch { 0 => new Reply(Server: "vm"), 1 => Replies.Peek(), _ => Replies.Dequeue() };
    }

    private sealed class Link(CommandBench bench) : IServerLink
    {
        public string Name => "vm";

        public Reply Ask(Request request) => bench.Answer(request);

        public void Dispose()
        {
        }
    }
}
