using Agora.Supervisor;
using Agora.Supervisor.Shared;

// Stands between an agent and one container, so that the agent can die and come back without losing the process, its
// output or its exit code.
//
//   agora-supervisor <meta directory>
//
// It reads `launch` there, starts the command, writes `pid`, waits for the whole tree of processes to end, writes
// `exit` and ends. Descriptor 0 must be the named pipe `control`, open for reading and writing, so that it never sees
// its end; on descriptor 1 it says "started" once `pid` is written. See Shared/ContainerFiles.cs for the files.
//
// A container with namespaces of its own has two: one outside, which only waits for the one inside and passes SIGTERM on.

const int BadUse = 2;

var isInside = args is [_, Enclosure.Inside];
if (args.Length != 1 && !isInside)
{
    OwnProcess.Tell(OwnProcess.StandardError,
        "usage: agora-supervisor <meta directory>  (started by an agent, not by hand)");
    return BadUse;
}
var metaDirectory = args[0];
OwnProcess.BlockSignalsFromTheStart(metaDirectory);
try
{
    if (OwnProcess.Prepare(metaDirectory) is { } problem)
        return Complain(problem);
    if (TextFile.Read(ContainerFiles.Launch) is not { } text || LaunchFile.Parse(text) is not { } launch)
        return Complain($"{metaDirectory}/{ContainerFiles.Launch} is missing or not whole; the agent writes it " +
            "before the start");
    return launch.Enclosed is not null && !isInside ? Enclosure.RunOutside(metaDirectory) : new Supervision(launch).Run();
}
catch (Exception e)
{
    return Complain(e.ToString());
}

int Complain(string problem)
{
    OwnProcess.Complain(metaDirectory, problem);
    return BadUse;
}
