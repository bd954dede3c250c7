using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Show;

/// <summary><c>qstat</c> without options: a line for each job.</summary>
internal sealed class JobTable : IStatusLayout
{
    private const int IdWidth = 26, NameWidth = 16, UserWidth = 15, TimeWidth = 8, QueueWidth = 15, IdLengthMax = 38;

    private bool _hasHeading;

    public IReadOnlyList<string> Attributes { get; } = ["Job_Name", "Job_Owner", "resources_used", "job_state", "queue"];

    public void Show(TextWriter to, IEnumerable<StatusRecord> records, string server)
    {
        foreach (var job in records)
        {
            if (!_hasHeading)
            {
                to.WriteLine("Job ID                    Name             User            Time Use S Queue");
                to.WriteLine("------------------------- ---------------- --------------- -------- - -----");
                _hasHeading = true;
            }
            Show(to, job);
        }
    }

    private static void Show(TextWriter to, StatusRecord job)
    {
        string name = "", owner = "", time = "0", state = "", queue = "";
        foreach (var attribute in job.Attributes)
        {
            switch (attribute.Name)
            {
                case "Job_Name": name = attribute.Value; break;
                case "Job_Owner": owner = attribute.Value; break;
                case "job_state": state = attribute.Value; break;
                case "queue": queue = attribute.Value; break;
                case "resources_used" when attribute.Resource == "cput": time = attribute.Value; break;
                default: break;
            }
        }
        to.Left(job.Name, IdWidth, IdLengthMax);
        to.Write(' ');
        ShowName(to, name);
        to.Write(' ');
        to.Left(Before(owner, '@'), UserWidth, UserWidth);
        to.Write(' ');
        to.Right(time, TimeWidth, TimeWidth);
        to.Write(' ');
        to.Right(state, 1, 1);
        to.Write(' ');
        to.Left(Before(queue, '@'), QueueWidth, QueueWidth);
        to.Write('\n');
    }

    /// <summary>A long name's end tells more than its beginning; where a slash is in it, what follows that.</summary>
    private static void ShowName(TextWriter to, ReadOnlySpan<char> name)
    {
        const string dots = "...";
        if (name.Length <= NameWidth)
        {
            to.Left(name, NameWidth);
            return;
        }
        var end = name[^(NameWidth - dots.Length)..];
        if (end.IndexOf('/') is var slash and > 0)
            end = end[slash..];
        to.Write(dots);
        to.Left(end, NameWidth - dots.Length);
    }

    private static ReadOnlySpan<char> Before(ReadOnlySpan<char> text, char mark) => text.IndexOf(mark) is var at and >= 0 ? text[..at] : text;
}
