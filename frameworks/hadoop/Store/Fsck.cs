using System.Text;
using Agora.Storage;

namespace Agora.Hadoop.Store;

/// <summary>One run of fsck: walks the tree, writes what Hadoop's writes, and counts.</summary>
internal sealed class Fsck(EmbeddedStore store, StoreOptions options, StringBuilder text, bool showFiles, bool showBlocks,
    bool showLocations, bool showRacks)
{
    /// <summary>Dots in a line, one for each file.</summary>
    private const int DotsMax = 100;

    private readonly IReadOnlySet<string> _living = store.Replicator.Living;
    private long _directories, _files, _bytes, _blocks, _minimal, _over, _under, _corruptBlocks, _replicas, _missingReplicas,
        _corruptFiles, _corruptBytes;

    public string Verdict => _corruptFiles == 0 ? "HEALTHY" : "CORRUPT";

    public void Look(string path, Inode inode)
    {
        if (!inode.IsDirectory)
        {
            LookAtFile(path, inode);
            return;
        }
        _directories++;
        if (showFiles)
            text.Append($"{path} <dir>\n");
        foreach (var child in store.Names.Children(inode))
            Look(StoragePath.Join(path, child.Name), child);
    }

    public void Summarize()
    {
        text.Append($"Status: {Verdict}\n Total size:\t{_bytes} B\n Total dirs:\t{_directories}\n Total files:\t{_files}\n");
        text.Append($" Total blocks (validated):\t{_blocks}");
        text.Append(_blocks == 0 ? "\n" : $" (avg. block size {_bytes / _blocks} B)\n");
        if (_corruptFiles > 0)
        {
            text.Append($"  ********************************\n  CORRUPT FILES:\t{_corruptFiles}\n" +
                $"  MISSING BLOCKS:\t{_corruptBlocks}\n  MISSING SIZE:\t\t{_corruptBytes} B\n  ********************************\n");
        }
        text.Append($" Minimally replicated blocks:\t{_minimal}{OfBlocks(_minimal)}\n" +
            $" Over-replicated blocks:\t{_over}{OfBlocks(_over)}\n" +
            $" Under-replicated blocks:\t{_under}{OfBlocks(_under)}\n" +
            $" Mis-replicated blocks:\t\t0{OfBlocks(0)}\n" +
            $" Default replication factor:\t{options.Replication}\n" +
            $" Average block replication:\t{(_blocks == 0 ? 0 : Java((float)_replicas / _blocks))}\n" +
            $" Corrupt blocks:\t\t{_corruptBlocks}\n" +
            $" Missing replicas:\t\t{_missingReplicas}{(_replicas > 0 ? $" ({Java(_missingReplicas * 100f / _replicas)} %)" : "")}\n" +
            $" Number of data-nodes:\t\t{_living.Count}\n Number of racks:\t\t1\n");
    }

    private void LookAtFile(string path, Inode file)
    {
        var blocks = store.Names.Blocks(file);
        _files++;
        _bytes += file.Length;
        _blocks += blocks.Count;
        if (showFiles)
            text.Append($"{path} {file.Length} bytes, {blocks.Count} block(s): ");
        else
            text.Append('.');
        if (!showFiles && _files % DotsMax == 0)
            text.Append('\n');
        long lost = 0, lostBytes = 0;
        var report = new StringBuilder();
        for (var number = 0; number < blocks.Count; number++)
        {
            var block = blocks[number];
            var nodes = store.Locations(block);
            _replicas += nodes.Count;
            _minimal += nodes.Count > 0 ? 1 : 0;
            _over += nodes.Count > file.Replication ? 1 : 0;
            if (nodes.Count > 0 && nodes.Count < file.Replication)
            {
                _under++;
                _missingReplicas += file.Replication - nodes.Count;
                text.Append($"{(showFiles ? "" : $"\n{path}: ")} Under replicated blk_{block.Id}_1. " +
                    $"Target Replicas is {file.Replication} but found {nodes.Count} replica(s).\n");
            }
            report.Append($"{number}. blk_{block.Id}_1 len={block.Length}");
            if (nodes.Count == 0)
            {
                lost++;
                lostBytes += block.Length;
                report.Append(" MISSING!");
            }
            else
            {
                report.Append($" repl={nodes.Count}");
                if (showRacks || showLocations)
                    report.Append($" [{string.Join(", ", nodes.Select(n => showRacks ? $"/default-rack/{n}:50010" : $"{n}:50010"))}]");
            }
            report.Append('\n');
        }
        if (lost > 0)
        {
            _corruptFiles++;
            _corruptBlocks += lost;
            _corruptBytes += lostBytes;
            text.Append($"{(showFiles ? "" : $"\n{path}: ")} MISSING {lost} blocks of total size {lostBytes} B{(showFiles ? "\n" : ".")}");
        }
        else if (showFiles)
        {
            text.Append(" OK\n");
        }
        if (showBlocks)
            text.Append(report).Append('\n');
    }

    private string OfBlocks(long count) => _blocks == 0 ? "" : $" ({Java(count * 100f / _blocks)} %)";

    /// <summary>A float as Java prints it: never without a decimal.</summary>
    private static string Java(float value) => value == MathF.Truncate(value) ? $"{value:0.0}" : $"{value}";
}
