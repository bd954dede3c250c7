using Agora.Torque.Cli.Server;
using Agora.Torque.Cli.Submit;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Show;

/// <summary><c>qstat</c>: jobs, queues, the server. What is known is shown even where some of the names are not.</summary>
internal sealed class QstatCommand
{
    private readonly CommandContext _context;
    private readonly QstatOptions _options;
    private readonly IStatusLayout _layout;
    private IServerLink? _link;
    private string? _linkedTo;
    private int _exitCode;

    private QstatCommand(CommandContext context, QstatOptions options)
    {
        _context = context;
        _options = options;
        _layout = LayoutOf(options, context.Now);
    }

    public static int Run(CommandContext context, IReadOnlyList<string> arguments)
    {
        var command = new QstatCommand(context, QstatOptions.Read(arguments, context.Error));
        try
        {
            return command.Run();
        }
        catch (ServerUnreachableException e)
        {
            context.Say(e.Message);
            context.Say($"Error ({e.Number} - {e.Reason}) ");
            return e.ExitCode;
        }
        finally
        {
            command._link?.Dispose();
        }
    }

    private static IStatusLayout LayoutOf(QstatOptions options, DateTimeOffset now) => options.Of switch
    {
        StatusOf.Jobs when options.IsJson => new JsonRecords("Jobs", now),
        StatusOf.Jobs when options.IsXml => new XmlRecords("Job", "Job_Id", hasDeclaration: true),
        StatusOf.Jobs when options.IsFull => new FullRecords("Job Id", options.LineWidth),
        StatusOf.Jobs when options.IsAlternative => new AlternativeTable(options),
        StatusOf.Jobs => new JobTable(),
        StatusOf.Queues when options.IsJson => new JsonRecords("Queue", now),
        StatusOf.Queues when options.IsQueueLimits => new QueueLimitTable(options),
        StatusOf.Queues when options.IsFull => new FullRecords("Queue", options.LineWidth),
        StatusOf.Queues => new QueueTable(),
        _ when options.IsJson => new JsonRecords("Server", now),
        _ when options.IsFull => new FullRecords("Server", options.LineWidth),
        _ => new ServerTable(),
    };

    private int Run()
    {
        if (_options.Operands.Count == 0)
            Show(null, [], "");
        foreach (var operand in _options.Operands)
        {
            if (_options.Of == StatusOf.Jobs && operand.Length > 0 && char.IsAsciiDigit(operand[0]))
                ShowJob(operand);
            else if (OptionValues.Destination(operand) is not var (name, server))
                RefuseDestination(operand);
            else if (_options.Of == StatusOf.Server)
                Show(server ?? name, [], "");
            else if (_options.Of == StatusOf.Queues)
                Show(server, name is null ? [] : [name], "");
            else
                ShowJobsOf(name, server);
        }
        _layout.End(_context.Out);
        return _exitCode;
    }

    private void RefuseDestination(string operand)
    {
        _context.Say($"illegally formed destination: {operand}");
        _context.Say("Error (15004 - Invalid request) ");
        _exitCode = PbsException.ExitCodeOf(PbsError.InvalidRequest);
    }

    private void ShowJob(string operand)
    {
        if (JobOperand.Parse(operand) is not { } job)
        {
            _context.Say($"illegally formed job identifier: {operand}");
            _exitCode = 1;
            return;
        }
        Show(job.Server, [job.Text], null, job);
    }

    /// <param name="names">Empty for all.</param>
    /// <param name="subject">Behind the message of an error; null for the job.</param>
    private void Show(string? server, IReadOnlyList<string> names, string? subject, JobOperand? job = null)
    {
        var reply = Ask(server, new Request.Status(_options.Of, names, _layout.Attributes, _options.ExpandsArrays));
        var name = reply.ServerOr(_link!.Name);
        Show(reply.Records, name);
        if (reply.IsError())
            _exitCode = _context.Report(reply, subject ?? job!.On(name));
    }

    private void ShowJobsOf(string? queue, string? server)
    {
        if (queue is null)
        {
            Show(server, [], "");
            return;
        }
        var known = Ask(server, new Request.Status(StatusOf.Queues, [queue], ["queue_type"]));
        if (known.IsError())
        {
            // The original names the error alone, without what it has to say of it.
            _context.Say($"{known.Text().Split(" MSG=")[0]} destination {queue}");
            _exitCode = known.ExitCode();
            return;
        }
        var reply = Ask(server, new Request.Status(StatusOf.Jobs, [], _layout.Attributes, _options.ExpandsArrays));
        Show(reply.Records?.Where(r => r["queue"] == queue), reply.ServerOr(_link!.Name));
        if (reply.IsError())
            _exitCode = _context.Report(reply, "");
    }

    private void Show(IEnumerable<StatusRecord>? records, string server)
    {
        records ??= [];
        if (_options.Of == StatusOf.Jobs && !_options.IncludesAll)
            records = records.Where(_options.Includes);
        if (records.Any())
            _layout.Show(_context.Out, records, server);
        // Errors that follow come behind it, also where both go to one place.
        if (_options.Operands.Count > 1)
            _context.Out.Flush();
    }

    private Reply Ask(string? server, Request request)
    {
        if (_link is null || server != _linkedTo)
        {
            _link?.Dispose();
            _link = _context.Connect(server);
            _linkedTo = server;
        }
        return _link.Ask(request);
    }
}
