using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Show;

/// <summary><c>pbsnodes</c> without options: a block for each node.</summary>
internal sealed class NodeBlocks : IStatusLayout
{
    public IReadOnlyList<string> Attributes { get; } = [];

    public void Show(TextWriter to, IEnumerable<StatusRecord> records, string server)
    {
        foreach (var node in records)
        {
            to.Write($"{node.Name}\n");
            foreach (var attribute in node.Attributes)
            {
                var resource = attribute.Resource is null ? "" : "." + attribute.Resource;
                to.Write($"     {attribute.Name}{resource} = {attribute.Value}\n");
            }
            to.Write('\n');
        }
    }
}
