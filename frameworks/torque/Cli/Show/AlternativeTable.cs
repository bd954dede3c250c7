using System.Globalization;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Show;

/// <summary>The wide table: <c>qstat -a</c>, and whatever else asks for more than a line's name and state.</summary>
internal sealed class AlternativeTable(QstatOptions options) : IStatusLayout
{
    private const string Blank = " -- ";

    private static readonly string[] SizeResources = ["mem", "pmem", "dmem", "vmem", "pvmem"];

    private bool _hasHeading;

    public IReadOnlyList<string> Attributes { get; } =
    [
        "Job_Name", "Job_Owner", "job_state", "queue", "session_id", "Resource_List", "resources_used", "Walltime",
        .. options.ShowsNodes ? (string[])["exec_host"] : [], .. options.ShowsComment ? (string[])["comment"] : [],
    ];

    public void Show(TextWriter to, IEnumerable<StatusRecord> records, string server)
    {
        foreach (var job in records)
        {
            if (!_hasHeading)
                ShowHeading(to, server);
            _hasHeading = true;
            Show(to, job);
        }
    }

    private void ShowHeading(TextWriter to, string server)
    {
        to.Write($"\n{server}: \n");
        if (options.ShowsFileSystems)
        {
            to.Right("Req'd     Req'd       Elap\n", 85);
            to.Write("Job ID                  Username    Queue    NDS   TSK    Memory    Time      S Time       BIG  FAST   PFS\n");
            to.Write("----   ---------------- ----------- -------- ----- ------ --------- --------- - --------- ----- ----- -----\n");
        }
        else
        {
            to.Right("Req'd       Req'd       Elap\n", 111);
            to.Write("Job ID                  Username    Queue    Jobname          SessID  NDS   TSK   Memory      Time    S   Time\n");
            to.Write("----------------------- ----------- -------- ---------------- ------ ----- ------ --------- --------- - ---------\n");
        }
    }

    private void Show(TextWriter to, StatusRecord job)
    {
        var row = Row.Of(job, options);
        to.Left(job.Name, 23, 22);
        to.Write(' ');
        to.Left(row.User, 11, 11);
        to.Write(' ');
        to.Left(row.Queue, 8, 8);
        to.Write(' ');
        if (!options.ShowsFileSystems)
        {
            to.Left(row.Name, 16, 16);
            to.Write(' ');
            to.Right(row.Session, 6, 6);
            to.Write(' ');
        }
        to.Right(row.Nodes, 5, 5);
        to.Write(' ');
        to.Right(row.Tasks, 6, 6);
        to.Write(' ');
        to.Right(row.Memory, 9, 9);
        to.Write(' ');
        to.Right(row.Time, 9, 9);
        to.Write(' ');
        to.Right(row.State, 1, 1);
        to.Write(' ');
        to.Right(row.Elapsed, 9, 9);
        if (options.ShowsFileSystems)
        {
            foreach (var size in (ReadOnlySpan<string>)[row.Big, row.Fast, row.Parallel])
            {
                to.Write(' ');
                to.Right(size, 5, 5);
            }
        }
        if (!options.OneLine)
            to.Write('\n');
        if (options.ShowsNodes)
            ShowNodes(to, row.Hosts);
        if (options.ShowsComment)
            to.Write($"   {row.Comment}\n");
    }

    /// <summary>Hosts without their domains; a new line where they would not fit.</summary>
    private void ShowNodes(TextWriter to, string hosts)
    {
        var line = "";
        var plus = "";
        foreach (var part in hosts.Split('+'))
        {
            // What is behind a dot is the domain, and the slot with it, as the original has it.
            var host = plus + (part.IndexOf('.') is var dot and >= 0 ? part[..dot] : part);
            if (line.Length + host.Length >= options.LineWidth)
            {
                to.Write($"   {line}\n");
                line = "";
            }
            line += host;
            plus = "+";
        }
        to.Write($"   {line}\n");
    }

    /// <summary>What a row shows.</summary>
    private sealed class Row
    {
        public string User = "", Queue = "", Name = "", Session = Blank, Nodes = Blank, Tasks = Blank, Memory = Blank, Time = Blank,
            State = "", Elapsed = Blank, Hosts = Blank, Comment = Blank, Big = Blank, Fast = Blank, Parallel = Blank;

        public static Row Of(StatusRecord job, QstatOptions options)
        {
            var row = new Row();
            string? usedCpu = null, requestedCpu = null, walltime = null;
            var remaining = 0;
            foreach (var attribute in job.Attributes)
            {
                switch (attribute.Name, attribute.Resource)
                {
                    case ("Job_Name", _): row.Name = attribute.Value; break;
                    case ("Job_Owner", _): row.User = attribute.Value.Split('@')[0]; break;
                    case ("job_state", _): row.State = attribute.Value; break;
                    case ("queue", _): row.Queue = attribute.Value; break;
                    case ("session_id", _): row.Session = attribute.Value; break;
                    case ("exec_host", _): row.Hosts = attribute.Value; break;
                    case ("comment", _): row.Comment = attribute.Value; break;
                    case ("Walltime", _): _ = int.TryParse(attribute.Value, out remaining); break;
                    case ("resources_used", "cput"): usedCpu = attribute.Value; break;
                    case ("Resource_List", "walltime"): walltime = attribute.Value; break;
                    case ("Resource_List", "cput"): requestedCpu = attribute.Value; break;
                    case ("Resource_List", { } resource): row.Take(resource, attribute.Value, options); break;
                    default: break;
                }
            }
            row.Time = requestedCpu ?? walltime ?? Blank;
            if (requestedCpu is not null)
                row.Elapsed = usedCpu ?? Blank;
            else if (row.State is not ("Q" or "C" or "H"))
                row.Elapsed = PbsTime.Format((walltime is null ? null : PbsTime.Parse(walltime)) is { } time ? time - TimeSpan.FromSeconds(remaining) : default);
            return row;
        }

        private void Take(string resource, string value, QstatOptions options)
        {
            if (resource == "nodect")
                Nodes = value;
            else if (resource == "nodes")
                Tasks = TasksOf(value) ?? Tasks;
            else if (resource is "procs" or "ncpus" && Tasks == Blank || resource is "size" or "mppwidth")
                Tasks = value is "0" ? Tasks : value;
            else if (Array.IndexOf(SizeResources, resource) >= 0)
                Memory = options.InUnit(value);
            else if (resource == "srfs_big")
                Big = options.InUnit(value);
            else if (resource == "srfs_fast")
                Fast = options.InUnit(value);
            else if (resource == "piofs")
                Parallel = options.InUnit(value);
        }

        private static string? TasksOf(string nodes)
        {
            try
            {
                return NodeSpec.ParseNodes(nodes).Sum(n => n.Count * n.Slots).ToString(CultureInfo.InvariantCulture);
            }
            catch (PbsException)
            {
                return null;
            }
        }
    }
}
