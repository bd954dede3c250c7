using Agora.RemoteShell;
using Agora.Torque.Mom;
using Agora.Torque.Mom.Session;

// One program, so that it is compiled and loaded once: the executor, the process above each job, and above each command
// that is run for a job from another node.
return args switch
{
    ["session"] => SessionProgram.Run(),
    ["command", var limits, var commandLine] => RemoteSession.Run(limits + commandLine),
    _ => await BatchMom.RunAsync(),
};
