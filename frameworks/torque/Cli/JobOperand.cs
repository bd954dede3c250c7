using Agora.Torque.Jobs;

namespace Agora.Torque.Cli;

/// <summary>A job as it is given to a command: <c>17</c>, <c>17[3].host</c>, <c>17@server</c>.</summary>
/// <param name="Text">Without the part behind <c>@</c>.</param>
/// <param name="Server">Behind <c>@</c>; null if not given.</param>
internal sealed record JobOperand(string Text, string? Server)
{
    private bool _hasServer;

    /// <summary>Null if it is no job's name.</summary>
    public static JobOperand? Parse(string text)
    {
        var at = text.IndexOf('@');
        var (job, server) = at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);
        return JobId.TryParse(job, out _, out var named) && server is not "" ? new JobOperand(job, server) { _hasServer = named is not null } : null;
    }

    /// <summary>As it is shown, with its server.</summary>
    public string On(string server) => _hasServer ? Text : $"{Text}.{server}";
}
