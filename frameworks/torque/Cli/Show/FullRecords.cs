using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Show;

/// <summary><c>qstat -f</c>: all attributes, one below the other.</summary>
/// <param name="heading">Before the name: <c>Job Id</c>, <c>Queue</c>, <c>Server</c>.</param>
/// <param name="width">Of a line; <see cref="int.MaxValue"/> folds nothing.</param>
internal sealed class FullRecords(string heading, int width) : IStatusLayout
{
    private readonly bool _isOfJobs = heading == "Job Id";

    public IReadOnlyList<string> Attributes { get; } = [];

    public void Show(TextWriter to, IEnumerable<StatusRecord> records, string server)
    {
        foreach (var record in records)
        {
            to.Write($"{heading}: {record.Name}\n");
            foreach (var attribute in record.Attributes)
            {
                // Of queues and servers the original shows times as they are.
                var value = _isOfJobs && AttributeLines.IsTime(attribute.Name) ? AttributeLines.Time(attribute.Value) : attribute.Value;
                AttributeLines.Write(to, attribute, AttributeLines.ResourceOf(attribute), value, width);
            }
            to.Write('\n');
        }
    }
}
