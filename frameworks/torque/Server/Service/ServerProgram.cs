using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Agora.Election;
using Agora.Sdk;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Server.Nodes;
using Agora.Torque.Server.Queue;
using Agora.Torque.Server.Store;

namespace Agora.Torque.Server.Service;

/// <summary>Wires the parts together and waits.</summary>
internal static class ServerProgram
{
    private const int LingerSeconds = 5;

    /// <summary>How long jobs go on without their server.</summary>
    private static readonly TimeSpan FailoverTimeout = TimeSpan.FromDays(7);

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public static async Task<int> RunAsync(Arguments options)
    {
        var time = TimeProvider.System;
        var masters = options.Masters;
        var state = Path.GetFullPath(options.Required("--state"));
        // Others may pass through to the socket, and see no more.
        Directory.CreateDirectory(state, OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var priv = Directory.CreateDirectory(Path.Combine(state, "server_priv"), OwnerOnly).FullName;
        using var accounting = new DayFiles(Path.Combine(priv, "accounting"), UnixFileMode.UserRead | UnixFileMode.UserWrite, time);
        using var logs = new DayFiles(Path.Combine(state, "server_logs"), UnixFileMode.UserRead | UnixFileMode.UserWrite, time);
        var address = options["--address"] ?? IPAddress.Loopback.ToString();
        var token = Kept(Path.Combine(priv, "mom.token"), () => Convert.ToHexString(RandomNumberGenerator.GetBytes(16)));
        var frameworkFile = Path.Combine(priv, "framework");
        var framework = new FrameworkInfo(new FrameworkId(Kept(frameworkFile, NewFrameworkId)), "torque", Environment.UserName,
            Role: options["--role"] ?? "torque", FailoverTimeout: FailoverTimeout);

        // Within a job the machine may have its node's name; commands read the server's here.
        await File.WriteAllTextAsync(Path.Combine(state, "server_name"), Environment.MachineName + "\n");

        using var store = new QueueStore(priv);
        BatchServer server = null!;
        var queue = new JobQueue(new JobQueueOptions(Environment.MachineName, nodes => server.IsFeasible(nodes))
        {
            AclRoots = options["--acl-roots"],
            AccountingLines = accounting.Read,
            LogLines = logs.Read,
            ReadScript = store.ReadScript,
        }, store.Load(withScripts: false), time.GetUtcNow());
        await using var moms = ListenWhereMomsLook(await ResolveAsync(address), options.Int("--port", 0), token, Path.Combine(priv, "mom.port"));
        server = new BatchServer(queue, new NodePoolOptions(framework, [MomPath(options)],
            new MomWelcome("", "", address, moms.Port, token, Environment.MachineName, state, MasterAddress.StateDirectory),
            TimeSpan.FromSeconds(options.Int("--linger", LingerSeconds)), options.Int("--slots-min", 0),
            () => Guid.NewGuid().ToString("N")[..12]), Random.Shared);

        var mailer = new Mailer(options["--mail-command"], Log);
        void Perform(ServerEffect effect)
        {
            try
            {
                switch (effect)
                {
                    case ServerEffect.Order(var node, var order):
                        moms.Send(node, order);
                        break;
                    case ServerEffect.OfQueue(QueueEffect.Order(var node, var order)):
                        moms.Send(node, order);
                        break;
                    case ServerEffect.OfQueue(QueueEffect.Account(var at, var line)):
                        accounting.Append(at, line);
                        break;
                    case ServerEffect.OfQueue(QueueEffect.Log(var at, var line)):
                        logs.Append(at, line);
                        break;
                    case ServerEffect.OfQueue(QueueEffect.Mail mail):
                        mailer.Send(mail);
                        break;
                }
            }
            catch (IOException e)
            {
                // A full disk of logs must not stop the jobs.
                Log($"not written: {e.Message}");
            }
        }

        await using var loop = new ServerLoop(server, queue, store, Perform, Log);
        await using var poll = new ClusterPoll(masters, time);
        using var end = new CancellationTokenSource();
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            end.Cancel();
        });
        if (await poll.AgentsAsync(end.Token) is { } first)
            server.Learn(first);
        var driver = NewDriver(loop, masters);
        moms.Start(loop);
        await using var commands = new CommandSocket(Path.Combine(state, "server.sock"), loop, end.Cancel, Log);
        var polling = poll.RunAsync(agents => loop.Post((s, _) => s.Learn(agents)), end.Token);
        Console.Out.WriteLine($"ready pbs://{address}:{moms.Port}");
        Console.Out.Flush();
        while (true)
        {
            var run = driver.RunAsync(CancellationToken.None);
            await using var shown = loop.Show(driver);
            await Task.WhenAny(run, Task.Delay(Timeout.Infinite, end.Token));
            if (end.IsCancellationRequested && !run.IsCompleted)
            {
                // The jobs go on, and are taken up again by the next server.
                await driver.StopAsync(teardown: false);
                await run;
                await polling;
                return 0;
            }
            try
            {
                await run;
                return 0;
            }
            catch (SchedulerErrorException e)
            {
                Log($"{e.Message}; going on as a new framework");
                var id = NewFrameworkId();
                await File.WriteAllTextAsync(frameworkFile, id);
                server.SubscribeAnew(time.GetUtcNow(), new FrameworkId(id));
                driver = NewDriver(loop, masters);
            }
        }
    }

    private static SchedulerDriver NewDriver(ServerLoop loop, MasterLocation masters)
    {
        var driver = new SchedulerDriver(loop, masters, TimeProvider.System, new SchedulerDriverOptions { Log = Log });
        loop.Use(driver.Post);
        return driver;
    }

    /// <summary>Chosen here, so that it means the same framework to every master there will be.</summary>
    private static string NewFrameworkId() => $"torque-{Guid.NewGuid():N}";

    /// <summary>A word that stays the same over restarts.</summary>
    private static string Kept(string path, Func<string> make)
    {
        if (File.Exists(path) && File.ReadAllText(path) is { Length: > 0 } known)
            return known;
        var made = make();
        using (var file = new StreamWriter(new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        })))
            file.Write(made);
        return made;
    }

    /// <summary>
    /// At the port of the server's former life, if none is asked for: the moms of jobs that run come back to it. Where
    /// another program has it now, they hear of the new one by the master.
    /// </summary>
    /// <param name="kept">Path of the file that tells the port.</param>
    private static MomListener ListenWhereMomsLook(IPAddress address, int asked, string token, string kept)
    {
        MomListener? listener = null;
        if (asked == 0 && File.Exists(kept) && int.TryParse(File.ReadAllText(kept), CultureInfo.InvariantCulture, out var former))
        {
            try
            {
                listener = new MomListener(address, former, token, Log);
            }
            catch (SocketException e)
            {
                Log($"port {former}, which moms came to before, is not to be had: {e.Message}; taking another one");
            }
        }
        listener ??= new MomListener(address, asked, token, Log);
        File.WriteAllText(kept, listener.Port.ToString(CultureInfo.InvariantCulture));
        return listener;
    }

    private static async Task<IPAddress> ResolveAsync(string address) =>
        (await Dns.GetHostAddressesAsync(address)).FirstOrDefault() ?? throw new IOException($"{address} has no address");

    private static string MomPath(Arguments options)
    {
        var path = Path.GetFullPath(options["--mom"] ?? Path.Combine(AppContext.BaseDirectory, "../../bin/agora-torque-mom"));
        return File.Exists(path) ? path : throw new IOException($"{path} does not exist: run ./build, or name it with --mom");
    }

    private static void Log(string text) => Console.Error.WriteLine(text);
}
