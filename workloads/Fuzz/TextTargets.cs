using System.Text;
using Agora.Daemon.Files;
using Agora.Election;
using Agora.Hadoop.Jobs;
using Agora.Mpi.Launch;
using Agora.Security;
using Agora.Torque.Cli;
using Agora.Torque.Cli.Submit;
using Agora.Torque.Jobs;

namespace Agora.Workloads.Fuzz;

/// <summary>What people and programs write as text: files, options, requests.</summary>
internal static class TextTargets
{
    private const string Secret = "0123456789abcdef";

    public static IEnumerable<FuzzTarget> All()
    {
        yield return Target("resources", text =>
        {
            if (!Resources.TryParse(text, out var resources, out var wrong))
                return Outcome.Of(new FormatException(wrong));
            // What was read is written so that it is read again as the same.
            if (Resources.Parse(resources.ToString()) != resources)
                throw new InvalidOperationException($"{resources} is read as something else");
            return "read";
        }, ["cpus:4;mem:8192;ports:[31000-32000]", "cpus:0.5;mem:64", "cpus:1;mem:1;ports:[1-2,5-9];zones:{a,b}", "gpus:2"], ["cpus", "mem", "ports", ":", ";", "[", "]", "-", "{", "}", "0.001"]);
        yield return Target("attributes", text => Attributes.TryParse(text, out _, out var wrong) ? "read" : Outcome.Of(new FormatException(wrong)),
            ["rack:r1;zone:west", "rack:1"], ["rack", ":", ";"]);
        yield return Target("durations", text => $"{Durations.TryParse(text, out _, out _)}{Durations.TryParseRate(text, out _, out _)}", ["10m", "1/20s", "2h", "1d"], ["s", "m", "h", "d", "/", "ms"]);
        yield return Target("master locations", text => Refusing<FormatException>(() => $"{MasterLocation.Parse(text).GetType().Name}"),
            ["http://a:5050", "a:5050,b:5051", "etcd://a:2379,b/agora", "zk://a:2181/x"], ["http://", "https://", "etcd://", "zk://", ",", "/"]);
        yield return Target("access lists", text => Refusing<FormatException>(() =>
        {
            var list = AccessList.Parse(text);
            return $"{list.Judge("alice", AccessAction.Kill, "bob").Allowed}{list.Judge("bob", AccessAction.Register, "a/b").Line > 0}";
        }), ["allow a,b kill,drain *\ndeny * * *x*\n", "# x\nallow alice register analytics\n", "allow * * self"], ["allow", "deny", "self", "*", ",", "\n", " ", .. AccessActions.All]);
        yield return Target("credential lists", text => Refusing<FormatException>(() => $"{CredentialList.Parse(text).Principals.Count}"),
            [$"alice framework,operator {Secret}\nnodes agent {Secret}\n", "bob operator -\n"], ["agent", "framework", "operator", Secret, ",", "\n", "-"]);
        yield return Target("credentials", text => Refusing<FormatException>(() => $"{Credential.Parse(text).Count}"), [$"alice {Secret}\n"], [Secret, "\n", " "]);
        yield return Tokens();
        yield return Target("ranges and paths", text =>
        {
            var part = ByteRange.FromHeader(text, 1000, out var satisfiable);
            if (part is { } asked && satisfiable && (asked.Offset < 0 || asked.Length < 0 || asked.Offset + asked.Length > 1000))
                throw new InvalidOperationException($"{asked} is not within 1000 bytes");
            if (ByteRange.FromQuery(text, text, 1000) is { } queried && (queried.Offset < 0 || queried.Length < 0 || queried.Offset + queried.Length > 1000))
                throw new InvalidOperationException($"{queried} is not within 1000 bytes");
            return $"{part is null}{satisfiable}{VirtualPath.Check(text, 200, out var path) ?? $"{path.Length > 0}"}";
        }, ["bytes=0-99", "bytes=-5", "bytes=500-", "-10", "sandbox/f/t/stdout", "a/../b"], ["bytes=", "-", "/", "..", ".", "%2f", "\0"]);
        yield return Target("mpiexec options", text => Refusing<MpiFailure>(() => $"{MpiCommandLine.Parse(text.Split('\n')).Programs.Count}"),
            ["-n\n4\n./a.out\nx", "--slots\n2\n-np\n2\na\n:\n-n\n1\nb", "--mca\nbtl\nself\n-n\n1\na", "-hosts\na,b\n-ppn\n2\na", "--timeout=5\na"],
            ["\n", "-n", "-np", "--slots", "--mem", "--role", "--master", "-env", "-genv", ":", "--", "=", "-x", "-f", "--hostfile"]);
        yield return Target("streaming options", text =>
        {
            var (line, problem) = StreamingCommandLine.Parse(text.Split('\n'));
            return $"{problem?.GetType().Name}{line.Warnings.Count > 0}{line.Files.Count > 0}";
        }, ["-input\na\n-output\nb\n-mapper\ncat\n-reducer\nwc", "-D\nmapred.reduce.tasks=0\n-input\na\n-output\nb\n-mapper\ncat", "-files\nx#y,z\n-input\na\n-output\nb\n-mapper\nx"],
            ["\n", "-input", "-output", "-mapper", "-reducer", "-combiner", "-file", "-files", "-D", "-conf", "-cmdenv", "-jobconf", "-inputformat", "-cacheFile", "#", "="]);
        yield return Target("PBS directives", text => Refusing<CommandFailure>(() =>
        {
            var options = new QsubOptions(Context);
            foreach (var directive in DirectiveScan.Find(text, DirectiveScan.UsualPrefix))
                options.ReadDirective(directive);
            return $"{options.Resources.Count > 0}{options.Variables.Count > 0}{options.Has('t')}{options.Has('W')}{options.Has('N')}";
        }), ["#!/bin/sh\n#PBS -N x\n#PBS -l nodes=2:ppn=2,walltime=1:00:00\n#PBS -t 1-10%2\necho", "#PBS -W depend=afterok:1\n#PBS -v A=b,C\n#PBS -m abe", "#PBS -l select=2:ncpus=4:mem=4gb \\\n -q batch"],
            ["#PBS", "-l", "-t", "-W", "-v", "-N", "-q", "-e", "-j", "-m", "-a", "nodes=", "ppn=", "walltime=", "depend=", "\\\n", "\"", "'", "\n"]);
        yield return Target("PBS values", text => string.Concat(Refusing<PbsException>(() => $"{NodeSpec.ParseNodes(text).Count > 1}"),
            Refusing<PbsException>(() => $"{NodeSpec.ParseSelect(text, text).Count > 1}"), Refusing<PbsException>(() => $"{ArrayRange.Parse(text) is null}"),
            PbsTime.Parse(text) is null, PbsSize.Parse(text) is null, Refusing<PbsException>(() => $"{VariableList.Parse(text).Count > 1}"), Agora.Torque.Jobs.JobId.TryParse(text, out _, out _)),
            ["2:ppn=4:fast+n7", "2:ncpus=4:mem=4gb+1:ncpus=1", "1-10%3,12", "1:00:00", "4gb", "A=b,C=\"d,e\"", "12[3].server", "scatter:excl"], [":", "+", "=", "ppn", "ncpus", "mem", "gb", "%", "-", ",", "[", "]", "#excl"]) with
        {
            // An array may have a million jobs, each a number twice as it is read.
            AllocatedBytesMax = 10 << 20,
        };
    }

    /// <summary>A token that is read is the one of the example: others would be forged.</summary>
    private static FuzzTarget Tokens()
    {
        var credential = new Credential("alice", Secret);
        var file = FileToken.Create(credential, "framework-1-1", FileToken.Everywhere, until: null);
        var check = new TokenCheck(_ => [credential], "somebody else", TimeProvider.System);
        return Target("tokens", text =>
        {
            if (text != file && FileToken.FrameworkOf(text, [credential], "a:1", DateTimeOffset.UnixEpoch) is { } framework)
                throw new InvalidOperationException($"a forged token is taken for {framework}");
            if (check.Find(text, out var refused) is { } principal)
                throw new InvalidOperationException($"a forged token is taken for {principal}");
            return Outcome.Of(new FormatException(refused));
        }, [file, "agora1~alice~1767225600000~AAAAAAAAAAAAAAAAAAAAAA~AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"], ["~", "agora1", "agorafiles1", "alice", "AAAA", "*"]);
    }

    private static readonly CommandContext Context = new()
    {
        Command = "qsub",
        Out = TextWriter.Null,
        Error = TextWriter.Null,
        OpenInput = () => Stream.Null,
        Variable = _ => null,
        Variables = () => [],
        Directory = "/",
        Host = "host",
        Now = DateTimeOffset.UnixEpoch,
        Servers = null!,
        User = "user",
    };

    private static FuzzTarget Target(string name, Func<string, string> read, string[] examples, string[] words) =>
        new(name, [.. examples.Select(Encoding.UTF8.GetBytes)], words, bytes => read(Encoding.UTF8.GetString(bytes)));

    private static string Refusing<T>(Func<string> read)
        where T : Exception
    {
        try
        {
            return read();
        }
        catch (T e)
        {
            return Outcome.Of(e);
        }
    }
}
