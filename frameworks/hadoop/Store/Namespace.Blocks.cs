namespace Agora.Hadoop.Store;

/// <summary>Blocks and where their copies are.</summary>
internal sealed partial class Namespace
{
    /// <summary>How many ids are taken from the file at once; those left over when the store ends are never used.</summary>
    private const long IdsTaken = 1000;

    private long _nextBlock, _idsEnd;

    /// <summary>An id that no block has had before, not even one that was never finished or has been deleted.</summary>
    public long NextBlockId()
    {
        lock (_lock)
        {
            if (_nextBlock == _idsEnd)
            {
                _idsEnd = _file.Query("""
                    INSERT INTO counter VALUES('block', $taken + 1)
                    ON CONFLICT(name) DO UPDATE SET value = value + $taken RETURNING value
                    """, r => r.GetInt64(0), ("$taken", IdsTaken))[0];
                _nextBlock = _idsEnd - IdsTaken;
            }
            return _nextBlock++;
        }
    }

    public IReadOnlyList<Block> Blocks(Inode file)
    {
        lock (_lock)
            return BlocksOf(file.Id);
    }

    /// <summary>Null if the block has been deleted.</summary>
    public BlockContents? Contents(long block)
    {
        lock (_lock)
        {
            return _file.Query("SELECT length, checksums FROM block WHERE id = $id",
                r => new BlockContents(block, r.GetInt64(0), r.GetFieldValue<byte[]>(1)), ("$id", block)).FirstOrDefault();
        }
    }

    /// <summary>The blocks that come after one, by id.</summary>
    public IReadOnlyList<BlockState> BlocksAfter(long id, int count)
    {
        lock (_lock)
        {
            var rows = _file.Query("""
                SELECT b.id, i.replication, r.node, r.damaged
                FROM (SELECT id, inode FROM block WHERE id > $id ORDER BY id LIMIT $count) b
                JOIN inode i ON i.id = b.inode LEFT JOIN replica r ON r.block = b.id ORDER BY b.id, r.node
                """,
                r => (Id: r.GetInt64(0), Replication: r.GetInt32(1), Replica: r.IsDBNull(2) ? null
                    : new Replica(r.GetString(2), r.GetInt64(3) == 1)), ("$id", id), ("$count", count));
            return [.. rows.GroupBy(r => r.Id).Select(g =>
                new BlockState(g.Key, g.First().Replication, [.. g.Select(r => r.Replica).OfType<Replica>()]))];
        }
    }

    /// <summary>Null if the block has been deleted.</summary>
    public BlockState? State(long block) => BlocksAfter(block - 1, 1) is [{ } state] && state.Id == block ? state : null;

    /// <summary>How many copies each node has, and how many bytes they are.</summary>
    public IReadOnlyDictionary<string, (long Copies, long Bytes)> Load()
    {
        lock (_lock)
        {
            return _file.Query(
                "SELECT r.node, count(*), total(b.length) FROM replica r JOIN block b ON b.id = r.block GROUP BY r.node",
                r => (Node: r.GetString(0), Copies: r.GetInt64(1), Bytes: r.GetInt64(2)))
                .ToDictionary(r => r.Node, r => (r.Copies, r.Bytes));
        }
    }

    /// <summary>The copies a node is to have, with their lengths in bytes.</summary>
    public IReadOnlyDictionary<long, long> CopiesOn(string node)
    {
        lock (_lock)
        {
            return _file.Query("SELECT b.id, b.length FROM replica r JOIN block b ON b.id = r.block WHERE r.node = $node",
                r => (Id: r.GetInt64(0), Length: r.GetInt64(1)), ("$node", node)).ToDictionary(r => r.Id, r => r.Length);
        }
    }

    /// <summary>Notes a whole copy. False if the block has been deleted meanwhile.</summary>
    public bool AddReplica(long block, string node)
    {
        lock (_lock)
        {
            return _file.Run("INSERT OR REPLACE INTO replica SELECT id, $node, 0 FROM block WHERE id = $block",
                ("$node", node), ("$block", block)) == 1;
        }
    }

    /// <returns>False if it was known, or there is no such copy any more.</returns>
    public bool MarkDamaged(long block, string node)
    {
        lock (_lock)
        {
            return _file.Run("UPDATE replica SET damaged = 1 WHERE block = $block AND node = $node AND damaged = 0",
                ("$node", node), ("$block", block)) == 1;
        }
    }

    /// <summary>Forgets a copy, unless no whole one would be left.</summary>
    public bool RemoveReplica(long block, string node)
    {
        lock (_lock)
        {
            return _file.Run("""
                DELETE FROM replica WHERE block = $block AND node = $node AND EXISTS(
                  SELECT 1 FROM replica WHERE block = $block AND node <> $node AND damaged = 0)
                """, ("$node", node), ("$block", block)) == 1;
        }
    }

    private void AddBlocks(long file, int firstNumber, IReadOnlyList<WrittenBlock> blocks)
    {
        for (var i = 0; i < blocks.Count; i++)
        {
            _file.Run("INSERT INTO block(id, inode, number, length, checksums) VALUES($id, $inode, $number, $length, $checksums)",
                ("$id", blocks[i].Id), ("$inode", file), ("$number", firstNumber + i), ("$length", blocks[i].Length),
                ("$checksums", blocks[i].Checksums));
            foreach (var node in blocks[i].Nodes)
            {
                _file.Run("INSERT INTO replica(block, node, damaged) VALUES($block, $node, 0)",
                    ("$block", blocks[i].Id), ("$node", node));
            }
        }
    }

    private List<Block> BlocksOf(long file)
    {
        List<Block> blocks = [];
        foreach (var (id, length, replica) in _file.Query("""
            SELECT b.id, b.length, r.node, r.damaged FROM block b LEFT JOIN replica r ON r.block = b.id
            WHERE b.inode = $id ORDER BY b.number, r.node
            """,
            r => (r.GetInt64(0), r.GetInt64(1), r.IsDBNull(2) ? null : new Replica(r.GetString(2), r.GetInt64(3) == 1)),
            ("$id", file)))
        {
            if (blocks.Count == 0 || blocks[^1].Id != id)
                blocks.Add(new Block(id, blocks.Count == 0 ? 0 : blocks[^1].Offset + blocks[^1].Length, length, []));
            if (replica is not null)
                blocks[^1] = blocks[^1] with { Replicas = [.. blocks[^1].Replicas, replica] };
        }
        return blocks;
    }
}
