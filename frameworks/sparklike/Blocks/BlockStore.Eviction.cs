using Agora.Spark.Records;

namespace Agora.Spark.Blocks;

internal sealed partial class BlockStore
{
    /// <summary>Running tasks may take memory of kept blocks as long as those have more than this part of it.</summary>
    private const int SharedPart = 2;

    private bool Evict(long missing, int? rddId)
    {
        var freed = 0L;
        while (freed < missing && NextVictim(rddId) is var (victim, write))
            freed += Evict(victim, write);
        return freed > 0;
    }

    private (StoredBlock Block, Action<Stream> Write)? NextVictim(int? rddId)
    {
        lock (_lock)
        {
            if (rddId is null && _memoryBytes <= _memory.LimitBytes / SharedPart)
                return null;
            // Used last by dataset; then the block of that one which has waited longest.
            var victim = _blocks.Values.Where(b => b.IsInMemory && b.Id.RddId != rddId).GroupBy(b => b.Id.RddId)
                .Where(g => g.Any(b => !b.IsLeaving)).MinBy(g => g.Max(b => b.LastUse))?.Where(b => !b.IsLeaving).MinBy(b => b.LastUse);
            if (victim is null)
                return null;
            victim.IsLeaving = true;
            return (victim, victim.Writer());
        }
    }

    /// <returns>The bytes it took.</returns>
    private long Evict(StoredBlock victim, Action<Stream> write)
    {
        FileStream? file = null;
        if (victim is { Level.UsesDisk: true, Path: null })
        {
            try
            {
                file = NewFile(victim.Id);
                write(file);
            }
            catch (Exception e) when (e is IOException or CodecException)
            {
                // It is gone then, which is not the fault of who needs the memory.
                Abandon(file);
                file = null;
            }
        }
        lock (_lock)
        {
            var bytes = victim.MemoryBytes;
            if (!_blocks.TryGetValue(victim.Id, out var present) || present != victim)
            {
                Abandon(file);
                return bytes;
            }
            if (file is not null)
            {
                (victim.Path, victim.FileBytes) = (file.Name, file.Length);
                file.Dispose();
            }
            if (victim.Path is null)
            {
                Remove(victim);
                return bytes;
            }
            Release(victim);
            victim.IsLeaving = false;
            _changes.Add(new BlockChange(victim.Id, victim.FileBytes, InMemory: false, IsKept: true));
            return bytes;
        }
    }
}
