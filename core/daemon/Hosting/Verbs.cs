using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Agora.Cluster;
using Agora.Daemon.Sandboxes;
using Agora.Election;
using Agora.Security;
using Agora.Security.Tls;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agora.Daemon.Hosting;

/// <summary>Options that both daemons have, and how their values are refused.</summary>
internal static class Daemons
{
    private const int HttpRateMax = 1_000_000;

    public static Option<string> Bind() => new("--bind")
    {
        Description = "Address to listen on",
        DefaultValueFactory = _ => "127.0.0.1",
    };

    public static Option<bool> Insecure() => new("--insecure")
    {
        Description = "Listen on an address other machines reach, though anybody there may give orders or read files",
    };

    public static Option<string?> Tls() => new("--tls-dir")
    {
        Description = "Directory with ca.crt, tls.crt and tls.key, as 'agora certs issue' makes it: this port speaks TLS alone",
        HelpName = "dir",
    };

    /// <summary>True if its files can be used; else the reason is printed.</summary>
    public static bool IsSound(SecuritySettings security, Action<SecuritySettings> load)
    {
        try
        {
            load(security);
            if (security.TlsDirectory is { } tls && new TlsDirectory(tls, TimeProvider.System).Certificate is null)
                throw new SecurityFileException($"{tls} has no {TlsDirectory.CertificateFile}");
            return true;
        }
        catch (SecurityFileException e)
        {
            Refuse("a file about who may what cannot be used", e.Message, "correct the file, or name another; see docs/security.md");
            return false;
        }
    }

    /// <param name="perSecond">If nothing is said.</param>
    public static Option<int> HttpRate(int perSecond)
    {
        var rate = new Option<int>("--http-rate")
        {
            Description = "Requests over HTTP that an address may send in a second, and twice as many at once; 0 for any number",
            DefaultValueFactory = _ => perSecond,
            HelpName = "n",
        };
        rate.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > HttpRateMax)
                result.AddError($"--http-rate is 0 to {HttpRateMax} requests a second");
        });
        return rate;
    }

    public static Option<string> WorkDirectory(string name) => new("--work-dir")
    {
        Description = "Directory for what must outlive the process",
        DefaultValueFactory = _ => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".agora", name),
    };

    public static int Refuse(string what, string why, string fix)
    {
        Console.Error.WriteLine($"error: {what}\nwhy:   {why}\nfix:   {fix}");
        return 2;
    }

    /// <param name="wrong">Why it is not; null if it is.</param>
    public static bool TryLocate(string text, [NotNullWhen(true)] out MasterLocation? location, out string? wrong)
    {
        (location, wrong) = (null, null);
        try
        {
            location = MasterLocation.Parse(text);
        }
        catch (FormatException e)
        {
            wrong = e.Message;
        }
        return location is not null;
    }

    /// <summary>The address, or null with the reason printed.</summary>
    /// <param name="isSafe">Those who come there have to show who they are, or the user does not mind.</param>
    /// <param name="fix">What would make it safe.</param>
    public static IPAddress? Address(string text, bool isSafe, string fix)
    {
        if (!IPAddress.TryParse(text, out var address))
        {
            Refuse($"'{text}' cannot be listened on", "it is not an IP address", "give one such as 127.0.0.1 with --bind");
            return null;
        }
        if (!IPAddress.IsLoopback(address) && !isSafe)
        {
            Refuse($"will not listen on {address}", "other machines reach it, and nobody has to prove who he is",
                $"{fix}, listen on 127.0.0.1, or add --insecure if the network is closed to others");
            return null;
        }
        return address;
    }
}

internal static class MasterVerb
{
    private const double LeaseSecondsMax = 600;
    /// <summary>More than some tens of open pages ask for, less than a master is held up by.</summary>
    private const int HttpRate = 1_000;
    private static readonly TimeSpan DefaultLease = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var (bind, insecure, work) = (Daemons.Bind(), Daemons.Insecure(), Daemons.WorkDirectory("master"));
        var port = new Option<int>("--port") { Description = "TCP port; 0 for any free one", DefaultValueFactory = _ => 5050 };
        var allocator = new Option<string>("--allocator")
        {
            Description = "drf, priority, or Type,Assembly.dll of a plug-in",
            DefaultValueFactory = _ => "drf",
        };
        var defaults = new MasterOptions();
        var offer = Seconds("--offer-timeout", "Seconds until an unanswered offer is taken back", defaults.OfferTimeout);
        var ping = Seconds("--agent-ping-interval", "Seconds between pings of an agent", defaults.PingInterval);
        var missed = new Option<int>("--agent-pings-missed")
        {
            Description = "Unanswered pings after which an agent is unreachable",
            DefaultValueFactory = _ => defaults.PingsMissedMax,
        };
        var removals = new Option<string?>("--agent-removal-rate")
        {
            Description = "Agents that may become unreachable in a time, such as 1/10m; default any number",
            HelpName = "n/duration",
        };
        var grace = Seconds("--revocation-grace", "Seconds of warning before tasks are revoked", defaults.RevocationGrace);
        var election = new Option<string?>("--election")
        {
            Description = "Where masters elect the one that leads: etcd://HOST:PORT,.../agora or zk://HOST:PORT,.../agora; default: this one is alone",
            HelpName = "url",
        };
        var lease = Seconds("--lease", "Seconds that a leader still counts once it is not heard of", DefaultLease);
        var credentials = new Option<string?>("--credentials")
        {
            Description = "File of all who may connect, lines 'PRINCIPAL ROLE[,ROLE] SECRET' with roles agent, framework, operator; default: anybody may",
            HelpName = "file",
        };
        var rules = new Option<string?>("--acls") { Description = "File of who may do what, lines 'allow|deny WHO ACTION WHAT'; what no line allows is denied", HelpName = "file" };
        var tls = Daemons.Tls();
        var certificates = new Option<bool>("--client-certificates") { Description = "With --tls-dir: who connects must show a certificate; it shows who he is, too" };
        var http = Daemons.HttpRate(HttpRate);
        var advertise = new Option<string?>("--advertise") { Description = "URL by which others reach this master; default where it listens", HelpName = "url" };
        var reports = new Option<string?>("--reports") { Description = "Directory into which 'agora bench NAME --out' writes reports; the dashboard shows them", HelpName = "dir" };
        var command = new Command("master",
            "Run a master.\n\nExample:\n  agora master --port 5050 --allocator drf\n  agora master --port 5050 --election etcd://127.0.0.1:2379/agora")
        {
            port, bind, insecure, credentials, rules, tls, certificates, work, allocator, election, lease, advertise, offer, ping, missed, removals, grace, http, reports,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var security = new SecuritySettings(parsed.GetValue(credentials), parsed.GetValue(rules), parsed.GetValue(tls), parsed.GetValue(certificates));
            if (Daemons.Address(parsed.GetValue(bind)!, parsed.GetValue(insecure) || security.Credentials is not null, "name all who may connect with --credentials") is not { } address)
                return Task.FromResult(2);
            if (security.AccessList is not null && security.Credentials is null)
                return Task.FromResult(Daemons.Refuse("--acls cannot be kept", "nobody has to show who he is", "give --credentials too"));
            if (security.WantsCertificates && security.TlsDirectory is null)
                return Task.FromResult(Daemons.Refuse("--client-certificates cannot be kept", "there is no TLS to show them by", "give --tls-dir too"));
            if (!Daemons.IsSound(security, files => _ = new Gate(files, TimeProvider.System, NullLogger.Instance)))
                return Task.FromResult(1);
            var between = TimeSpan.Zero;
            if (parsed.GetValue(removals) is { } rate && !Durations.TryParseRate(rate, out between, out var unclear))
                return Task.FromResult(Daemons.Refuse("the removal rate is not understood", unclear, "write it as 1/10m, 20/1h or the like"));
            var options = defaults with
            {
                RemovalInterval = between,
                OfferTimeout = TimeSpan.FromSeconds(parsed.GetValue(offer)),
                PingInterval = TimeSpan.FromSeconds(parsed.GetValue(ping)),
                PingsMissedMax = parsed.GetValue(missed),
                RevocationGrace = TimeSpan.FromSeconds(parsed.GetValue(grace)),
            };
            if (options.Validate() is { Count: > 0 } wrong)
                return Task.FromResult(Daemons.Refuse("the options are not valid", string.Join("; ", wrong), "see 'agora master --help'"));
            try
            {
                _ = MasterProgram.LoadAllocator(parsed.GetValue(allocator)!);
            }
            catch (ArgumentException e)
            {
                return Task.FromResult(Daemons.Refuse("the allocator cannot be used", e.Message, "see 'agora master --help'"));
            }
            MasterLocation? elects = null;
            if (parsed.GetValue(election) is { } where)
            {
                if (!Daemons.TryLocate(where, out elects, out var reason) || elects is MasterLocation.Hosts)
                    return Task.FromResult(Daemons.Refuse($"'{where}' is not where masters elect a leader", reason ?? "it names masters", "write it as etcd://HOST:PORT/agora or zk://HOST:PORT/agora"));
            }
            Uri? reached = null;
            if (parsed.GetValue(advertise) is { } url && (!Uri.TryCreate(url, UriKind.Absolute, out reached) || reached.Scheme is not ("http" or "https")))
                return Task.FromResult(Daemons.Refuse($"'{url}' is not a URL", "it cannot be read as one", "write it as http://HOST:PORT"));
            if (parsed.GetValue(lease) is not (>= 1 and <= LeaseSecondsMax))
                return Task.FromResult(Daemons.Refuse("the lease is not valid", $"it is below 1 s or above {LeaseSecondsMax} s", "leave --lease away, or give some seconds"));
            return MasterProgram.RunAsync(new MasterSettings(address, parsed.GetValue(port), parsed.GetValue(work)!,
                parsed.GetValue(allocator)!, options, elects, TimeSpan.FromSeconds(parsed.GetValue(lease)), reached, security, parsed.GetValue(http), parsed.GetValue(reports)), cancellation);
        });
        return command;
    }

    private static Option<double> Seconds(string name, string description, TimeSpan value) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => value.TotalSeconds,
    };
}

internal static class AgentVerb
{
    /// <summary>Frameworks fetch from one another here: tasks of one machine share its address.</summary>
    private const int HttpRate = 10_000;

    public static Command Create()
    {
        var (bind, insecure, work) = (Daemons.Bind(), Daemons.Insecure(), Daemons.WorkDirectory("agent"));
        var port = new Option<int>("--port") { Description = "TCP port of the file server; 0 for any free one", DefaultValueFactory = _ => 5051 };
        var master = new Option<string>("--master") { Description = "URL of the master, several with commas, or where the masters elect their leader (etcd://..., zk://...)", Required = true };
        var hostname = new Option<string>("--hostname")
        {
            Description = "The agent's name to frameworks",
            DefaultValueFactory = _ => Dns.GetHostName(),
        };
        var resources = new Option<string>("--resources")
        {
            Description = "What the agent gives the cluster; default all of the machine but 1 GiB",
            DefaultValueFactory = _ => Machine().ToString(),
        };
        var attributes = new Option<string>("--attributes") { Description = "Such as rack:r1;zone:west", DefaultValueFactory = _ => "" };
        var recover = new Option<string>("--recover")
        {
            Description = "What to do with what a former process of this agent left running: reconnect, or cleanup, which ends it",
            DefaultValueFactory = _ => "reconnect",
        };
        recover.AcceptOnlyFromAmong("reconnect", "cleanup");
        var isolation = new Option<string>("--isolation")
        {
            Description = "How tasks are held to what they asked for: posix, which only measures, or some of cgroups (processors and memory; only root), " +
                "memory (without control groups), disk, namespaces (own processes and /tmp; only root), as a,b",
            DefaultValueFactory = _ => "posix",
            HelpName = "words",
        };
        var switchUser = new Option<bool>("--switch-user") { Description = "Run commands as the users they or their frameworks name; only root can" };
        var sameUser = new Option<bool>("--no-switch-user") { Description = "Run all commands as the agent's own user, which is the default" };
        var noPrivileges = new Option<bool>("--no-new-privileges") { Description = "No program that a task starts gains privileges, as sudo and ping would" };
        var delay = new Option<string>("--gc-delay") { Description = "How long sandboxes are kept once their tasks have ended, on an empty disk; less the fuller it is", DefaultValueFactory = _ => "1w", HelpName = "duration" };
        var headroom = new Option<double>("--gc-disk-headroom")
        {
            Description = "Part of the disk that is to stay free: once less is, no sandbox of what has ended is kept",
            DefaultValueFactory = _ => GarbageSettings.Default.DiskHeadroom,
        };
        var credential = new Option<string?>("--credential")
        {
            Description = $"File with the line 'PRINCIPAL SECRET' that shows the master who this is; default ${CredentialFile.Variable}. Files are then served to those alone who may read them",
            HelpName = "file",
            DefaultValueFactory = _ => CredentialFile.OfEnvironment()?.Path,
        };
        var tls = Daemons.Tls();
        var http = Daemons.HttpRate(HttpRate);
        var quota = new Option<bool>("--cpu-quota") { Description = "With cgroups: a task gets no more processors than it asked for, also while others are idle" };
        var sets = new Option<bool>("--cpuset") { Description = "With cgroups: a task that asks for whole processors has them for itself; the others share what is left" };
        var processes = new Option<int>("--pids-limit") { Description = "With cgroups: processes and threads of a task at once; 0 for no limit" };
        var command = new Command("agent",
            "Run an agent.\n\nExample:\n  agora agent --master http://127.0.0.1:5050 --resources 'cpus:4;mem:8192'")
        {
            master, port, bind, insecure, credential, tls, hostname, resources, attributes, work, recover, isolation, quota, sets, processes, switchUser, sameUser,
            noPrivileges, delay, headroom, http,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var security = new SecuritySettings(parsed.GetValue(credential), TlsDirectory: parsed.GetValue(tls));
            if (Daemons.Address(parsed.GetValue(bind)!, parsed.GetValue(insecure) || security.Credentials is not null, "name a credential with --credential") is not { } address)
                return Task.FromResult(2);
            if (!Daemons.IsSound(security, files => _ = files.Credentials is { } file ? new CredentialFile(file).Read() : null))
                return Task.FromResult(1);
            if (!Daemons.TryLocate(parsed.GetValue(master)!, out var url, out var wrong))
                return Task.FromResult(Daemons.Refuse($"'{parsed.GetValue(master)}' is not a master's URL", wrong!, "write it as http://HOST:PORT"));
            if (!Resources.TryParse(parsed.GetValue(resources)!, out var has, out wrong))
                return Task.FromResult(Daemons.Refuse("the resources are not understood", wrong, "write them as cpus:4;mem:8192;ports:[31000-32000]"));
            if (!Attributes.TryParse(parsed.GetValue(attributes)!, out var are, out wrong))
                return Task.FromResult(Daemons.Refuse("the attributes are not understood", wrong, "write them as rack:r1;zone:west"));
            if (!IsolationSettings.TryParse(parsed.GetValue(isolation)!, out var isolated, out wrong))
                return Task.FromResult(Daemons.Refuse($"--isolation {parsed.GetValue(isolation)} is not understood", wrong, "give one or more of these, with commas"));
            if (!isolated.HasCgroups && (parsed.GetValue(quota) || parsed.GetValue(sets) || parsed.GetValue(processes) != 0))
                return Task.FromResult(Daemons.Refuse("--cpu-quota, --cpuset and --pids-limit cannot be kept", $"--isolation is {parsed.GetValue(isolation)}, without control groups", "give --isolation cgroups too"));
            if (parsed.GetValue(switchUser) && parsed.GetValue(sameUser))
                return Task.FromResult(Daemons.Refuse("it is not clear whether to switch users", "--switch-user and --no-switch-user are both given", "leave one of them away"));
            if (!Durations.TryParse(parsed.GetValue(delay)!, out var keeps, out wrong))
                return Task.FromResult(Daemons.Refuse("--gc-delay is not understood", wrong, "write it as 1w, 12h or the like"));
            if (parsed.GetValue(headroom) is not (>= 0 and <= 1))
                return Task.FromResult(Daemons.Refuse($"--gc-disk-headroom {parsed.GetValue(headroom)} is not valid", "it is not between 0 and 1", "give a part of the disk, such as 0.1"));
            if (parsed.GetValue(processes) < 0)
                return Task.FromResult(Daemons.Refuse($"--pids-limit {parsed.GetValue(processes)} is not valid", "it is below 0", "give a number of processes, or 0 for no limit"));
            return AgentProgram.RunAsync(new AgentSettings(address, parsed.GetValue(port), parsed.GetValue(work)!, url,
                parsed.GetValue(hostname)!, has, are, parsed.GetValue(recover) == "reconnect",
                isolated with
                {
                    IsCpuHard = parsed.GetValue(quota),
                    GivesProcessors = parsed.GetValue(sets),
                    ProcessesMax = parsed.GetValue(processes),
                    SwitchesUser = parsed.GetValue(switchUser),
                    NoNewPrivileges = parsed.GetValue(noPrivileges),
                }, new GarbageSettings(keeps, parsed.GetValue(headroom)), security, parsed.GetValue(http)), cancellation);
        });
        return command;
    }

    private static Resources Machine()
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return Resources.FromScalars(Environment.ProcessorCount * 1000L, Math.Max(memory - (1L << 30), memory / 2) >> 20 << 20);
    }
}
