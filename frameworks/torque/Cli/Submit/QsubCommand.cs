using Agora.Torque.Cli.Server;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Submit;

/// <summary><c>qsub</c>: a script becomes a job, and the job's id is all that is printed.</summary>
internal static class QsubCommand
{
    public static int Run(CommandContext context, IReadOnlyList<string> arguments, string stateDirectory)
    {
        var config = TorqueConfig.Load(Path.Combine(stateDirectory, "torque.cfg"));
        var options = new QsubOptions(context);
        options.ReadCommandLine(arguments);
        RequireTerminal(options);
        var script = ScriptSource.Read(options, context);
        if (config["SUBMITFILTER"] is { } filter && script.HasDirectives)
            script = script with { Bytes = SubmitFilter.Run(filter, arguments, script.Bytes) };
        if (script.HasDirectives)
        {
            foreach (var directive in DirectiveScan.Find(script.Text, options['C'] ?? context.Variable("PBS_DPREFIX") ?? DirectiveScan.UsualPrefix))
                options.ReadDirective(directive);
        }
        options.Check();
        RequireTerminal(options);
        var attributes = new SubmitAttributes(options, context).Build(script.Name, arguments, config);
        var (queue, server) = options['q'] is { } destination ? OptionValues.Destination(destination)!.Value : default;
        using var link = Connect(context, server, RetrySeconds(options, context, config));
        var request = new Request.Submit(queue, attributes, script.Bytes, options['t']);
        if (options.IsInteractive)
            return InteractiveJob.Run(context, link, options.Has('x') ? request : request with { Script = [] });
        var id = Submit(link, request);
        if (!options.Has('z'))
            context.Out.WriteLine(id);
        return 0;
    }

    private static void RequireTerminal(QsubOptions options)
    {
        if (options.IsInteractive && !Terminal.IsThere)
            throw new CommandFailure(1, "qsub:\tstandard input and output must be a terminal for \n\tinteractive job submission");
    }

    /// <returns>The job's id.</returns>
    /// <exception cref="CommandFailure">The server does not take it.</exception>
    public static string Submit(IServerLink link, Request.Submit request)
    {
        var reply = link.Ask(request);
        if (!reply.IsError())
            return reply.Id!;
        // Root is refused by the original's command, before it asks; here the server knows whether root may.
        throw reply.Error == PbsError.BadUser
            ? new CommandFailure(1, reply.Text())
            : new CommandFailure(reply.ExitCode(), $"qsub: submit error ({reply.Text()})");
    }

    private static IServerLink Connect(CommandContext context, string? server, int retrySeconds)
    {
        try
        {
            return context.Connect(server, retrySeconds);
        }
        catch (ServerUnreachableException e)
        {
            throw new CommandFailure(e.ExitCode, $"qsub: {e.Message}");
        }
    }

    private static int RetrySeconds(QsubOptions options, CommandContext context, TorqueConfig config) =>
        int.TryParse(options['b'] ?? context.Variable("PBS_CLIENTRETRY") ?? config["CLIENTRETRY"], out var seconds) ? seconds : 0;
}
