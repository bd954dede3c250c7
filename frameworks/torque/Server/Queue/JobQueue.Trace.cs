using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Server.Queue;

/// <summary>A job's history from accounting and log.</summary>
public sealed partial class JobQueue
{
    private Reply Trace(Request.Trace request)
    {
        if (!JobId.TryParse(request.Job, out var id, out _))
            throw Refusal.UnknownJob();
        var days = Math.Max(1, request.Days);
        return new Reply(Lines: JobTrace.Of(id.On(_options.Server), _options.AccountingLines(days), _options.LogLines(days)));
    }
}
