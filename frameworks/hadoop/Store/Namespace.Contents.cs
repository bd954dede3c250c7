namespace Agora.Hadoop.Store;

/// <summary>Changes of what blocks files are made of.</summary>
internal sealed partial class Namespace
{
    /// <summary>Lets a file have its first blocks, and in place of the others those given.</summary>
    /// <param name="removed">The blocks it no longer has.</param>
    /// <returns>False if the file has gone or changed since its blocks were read.</returns>
    public bool Truncate(Inode file, IReadOnlyList<Block> blocks, int kept, IReadOnlyList<WrittenBlock> tail,
        out IReadOnlyList<Block> removed)
    {
        lock (_lock)
        {
            removed = [];
            var now = BlocksOf(file.Id);
            if (!now.Select(b => b.Id).SequenceEqual(blocks.Select(b => b.Id)))
                return false;
            using var transaction = _file.Begin();
            var changed = _file.Run("UPDATE inode SET length = $length, modified = $now WHERE id = $id",
                ("$length", now.Take(kept).Sum(b => b.Length) + tail.Sum(b => b.Length)), ("$now", Now), ("$id", file.Id));
            if (changed == 0)
                return false;
            removed = now[kept..];
            RemoveBlocks(file.Id, kept);
            AddBlocks(file.Id, kept, tail);
            transaction.Commit();
            return true;
        }
    }

    /// <summary>Moves the blocks of files to the end of another, in order; the files vanish.</summary>
    /// <returns>False if one of them has gone since it was read.</returns>
    /// <exception cref="QuotaExceededException">The target has more copies than its directory has room for.</exception>
    public bool Concat(Inode target, IReadOnlyList<Inode> sources)
    {
        lock (_lock)
        {
            using var transaction = _file.Begin();
            var number = BlocksOf(target.Id).Count;
            var length = 0L;
            foreach (var source in sources)
            {
                foreach (var block in BlocksOf(source.Id))
                {
                    _file.Run("UPDATE block SET inode = $target, number = $number WHERE id = $id",
                        ("$target", target.Id), ("$number", number++), ("$id", block.Id));
                    length += block.Length;
                }
                if (Remove(source.Id) == 0)
                    return false;
            }
            if (_file.Run("UPDATE inode SET length = length + $more, modified = $now WHERE id = $id",
                ("$more", length), ("$now", Now), ("$id", target.Id)) == 0)
                return false;
            if (sources.Any(s => s.Replication < target.Replication))
                DemandQuotas(target.Id);
            _file.Run("UPDATE inode SET modified = $now WHERE id = (SELECT parent FROM inode WHERE id = $id)",
                ("$now", Now), ("$id", target.Id));
            transaction.Commit();
            return true;
        }
    }

    /// <summary>Removes a file's blocks from a number on.</summary>
    private void RemoveBlocks(long file, int first)
    {
        _file.Run("DELETE FROM replica WHERE block IN (SELECT id FROM block WHERE inode = $id AND number >= $first)",
            ("$id", file), ("$first", first));
        _file.Run("DELETE FROM block WHERE inode = $id AND number >= $first", ("$id", file), ("$first", first));
    }
}
