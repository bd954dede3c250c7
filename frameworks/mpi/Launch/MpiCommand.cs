using Agora.Election;
using Agora.Mpi.Scheduling;
using Agora.RemoteShell;
using Agora.Sdk;

namespace Agora.Mpi.Launch;

/// <summary><c>mpiexec</c>: finds out what is asked for, and runs it once, or again where that is wanted.</summary>
internal static class MpiCommand
{
    private const int NotFound = 127, NotExecutable = 126;

    private static readonly TimeSpan UsualWait = TimeSpan.FromMinutes(5);

    public static async Task<int> RunAsync(IReadOnlyList<string> words)
    {
        if (words.Count == 0 || words.Any(w => w is "--help" or "-h" or "-help"))
        {
            (words.Count == 0 ? Console.Error : Console.Out).Write(MpiUsage.Text);
            return words.Count == 0 ? 1 : 0;
        }
        if (LibraryOptions.OnlyTells(words[0].TrimStart('-')))
            return PassOn(LibraryLauncher.Find(LibraryLauncher.Default()), words);
        var start = TimeProvider.System.GetTimestamp();
        var options = MpiCommandLine.Parse(words);
        var flavour = FlavourOf(options);
        if (BatchAllocation.Find(options) is { } allocation)
            return await RunInBatchJobAsync(options, flavour, allocation, start);
        var self = Environment.ProcessPath!;
        var programs = new MpiJob.Programs(LibraryLauncher.Find(flavour), Path.Combine(Path.GetDirectoryName(self)!, "agora-rsh"), [self, "rank"]);
        var master = FindMaster(options);
        var deadline = DeadlineOf(options, start);
        for (var left = options.Restarts; ; left--)
        {
            var request = new GangRequest(
                options.Name ?? Path.GetFileName(options.Programs[0].Command[0]), Environment.UserName, options.Role,
                options.Slots ?? options.Ranks, Resources.Of(options.CpusPerRank, options.MemPerRank),
                options.Mapping ?? Mapping.Slot, options.Hosts, options.Wait ?? UsualWait, [self, "host"], RemoteShellServer.NewToken());
            using var job = new MpiJob(options, flavour, request, programs, master, deadline);
            var code = await job.RunAsync();
            if (code == 0 || left == 0 || job.WasInterrupted)
                return code;
            await SayAgainAsync(code, left);
        }
    }

    private static async Task<int> RunInBatchJobAsync(MpiOptions options, MpiFlavour flavour, BatchAllocation allocation, long start)
    {
        for (var left = options.Restarts; ; left--)
        {
            using var job = new BatchMpiJob(options, flavour, LibraryLauncher.Find(flavour), allocation, DeadlineOf(options, start));
            var code = await job.RunAsync();
            if (code == 0 || left == 0 || job.WasInterrupted)
                return code;
            await SayAgainAsync(code, left);
        }
    }

    /// <summary>By <see cref="TimeProvider.GetTimestamp"/>; <see cref="long.MaxValue"/> for none.</summary>
    private static long DeadlineOf(MpiOptions options, long start) =>
        options.Timeout is { } limit ? start + (long)(limit.TotalSeconds * TimeProvider.System.TimestampFrequency) : long.MaxValue;

    private static Task SayAgainAsync(int code, int left) =>
        Console.Error.WriteLineAsync($"mpiexec: the job ended with {code}; starting it again ({left} {(left == 1 ? "restart" : "restarts")} left)");

    private static MasterLocation FindMaster(MpiOptions options)
    {
        try
        {
            return MasterAddress.Find(options.Master) ?? throw new MpiFailure("no cluster is known",
                $"no --master is given, {MasterAddress.Variable} is not set, and {MasterAddress.ClusterFile} does not exist",
                "start one with 'agora up --detach', or name one with --master http://HOST:PORT");
        }
        catch (FormatException e)
        {
            throw new MpiFailure(e.Message, "it cannot be read as one", "write it as http://HOST:PORT", 2);
        }
    }

    /// <summary>All programs of a job are of one library, and of the one that was asked for.</summary>
    private static MpiFlavour FlavourOf(MpiOptions options)
    {
        (MpiFlavour Flavour, string Program)? found = null;
        foreach (var command in options.Programs.Select(p => p.Command))
        {
            // Where the library is named, the programs need not be on this machine.
            if (FileOf(command[0], mustBeHere: options.Library is null) is not { } file || FlavourDetection.Of(file, command) is not { } flavour)
                continue;
            if ((options.Library ?? found?.Flavour ?? flavour) != flavour)
            {
                throw new MpiFailure($"{command[0]} is linked to {Title(flavour)}, and {(options.Library is { } asked ? $"--mpi asks for {Title(asked)}" : $"{found!.Value.Program} to {Title(found.Value.Flavour)}")}",
                    "one library's mpiexec cannot start the other's programs: each rank would take itself for the only one",
                    options.Library is null ? "build all programs of a job with one library" : "leave out --mpi, or name the other one");
            }
            found = (flavour, command[0]);
        }
        return options.Library ?? found?.Flavour ?? LibraryLauncher.Default();
    }

    private static string? FileOf(string program, bool mustBeHere)
    {
        if (ProgramLookup.Find(program) is { } file)
            return file;
        if (!mustBeHere)
            return null;
        if (ProgramLookup.Candidates(program).FirstOrDefault(File.Exists) is { } there)
            throw new MpiFailure($"{program} cannot be run", $"{there} has no permission to be executed", $"chmod +x {there}", NotExecutable);
        if (ProgramLookup.Candidates(program).FirstOrDefault(Directory.Exists) is { } directory)
            throw new MpiFailure($"{program} cannot be run", $"{directory} is a directory", "name a program", NotExecutable);
        throw new MpiFailure($"there is no program {program}",
            program.Contains('/', StringComparison.Ordinal) ? "no such file" : $"it is not in PATH; the current directory is not looked in: ./{program} may be meant",
            "correct its name; if it is on the agents only, say which library it is linked to with --mpi", NotFound);
    }

    private static int PassOn(string library, IReadOnlyList<string> words)
    {
        using var process = System.Diagnostics.Process.Start(library, words);
        process.WaitForExit();
        return process.ExitCode;
    }

    private static string Title(MpiFlavour flavour) => flavour == MpiFlavour.Mpich ? "MPICH" : "Open MPI";
}
