namespace Agora.Hadoop.Store;

/// <summary>Extended attributes.</summary>
internal sealed partial class Namespace
{
    /// <summary>The most of them that one file or directory may have, as in HDFS.</summary>
    private const int AttributesMax = 32;

    /// <summary>Sorted by name.</summary>
    public IReadOnlyList<(string Name, byte[] Value)> Attributes(Inode inode)
    {
        lock (_lock)
        {
            return _file.Query("SELECT name, value FROM attribute WHERE inode = $id ORDER BY name",
                r => (r.GetString(0), r.GetFieldValue<byte[]>(1)), ("$id", inode.Id));
        }
    }

    /// <param name="mayCreate">It need not be there.</param>
    /// <param name="mayReplace">It may be there.</param>
    /// <exception cref="IOException">It is or is not there, or there are too many.</exception>
    public void SetAttribute(Inode inode, string name, byte[] value, bool mayCreate, bool mayReplace)
    {
        lock (_lock)
        {
            using var transaction = _file.Begin();
            var names = _file.Query("SELECT name FROM attribute WHERE inode = $id", r => r.GetString(0), ("$id", inode.Id));
            var isThere = names.Contains(name);
            if (isThere && !mayReplace)
                throw new IOException($"XAttr: {name} already exists. The REPLACE flag must be specified.");
            if (!isThere && !mayCreate)
                throw new IOException($"XAttr: {name} does not exist. The CREATE flag must be specified.");
            if (!isThere && names.Count >= AttributesMax)
                throw new IOException($"Cannot add additional XAttr to inode, would exceed limit of {AttributesMax}");
            _file.Run("INSERT OR REPLACE INTO attribute SELECT id, $name, $value FROM inode WHERE id = $id",
                ("$id", inode.Id), ("$name", name), ("$value", value));
            transaction.Commit();
        }
    }

    /// <returns>False if there was none of that name.</returns>
    public bool RemoveAttribute(Inode inode, string name)
    {
        lock (_lock)
            return _file.Run("DELETE FROM attribute WHERE inode = $id AND name = $name", ("$id", inode.Id), ("$name", name)) == 1;
    }
}
