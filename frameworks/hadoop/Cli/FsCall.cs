using Agora.Storage;

namespace Agora.Hadoop.Cli;

/// <summary>One call of a command of <c>hadoop fs</c>.</summary>
/// <param name="Name">Without the dash; begins every message.</param>
/// <param name="Writing">What generic options say about files that are written.</param>
internal sealed record FsCall(
    string Name, Stores Stores, HashSet<string> Flags, IReadOnlyList<string> Operands, CreateOptions Writing)
{
    public bool Has(string flag) => Flags.Contains(flag);

    /// <summary>Does it for every operand, whatever becomes of the others.</summary>
    /// <param name="absent">The operands if there are none.</param>
    public async Task<int> EachAsync(Func<string, Task> act, IReadOnlyList<string>? absent = null)
    {
        var code = 0;
        foreach (var operand in Operands.Count == 0 && absent is not null ? absent : Operands)
        {
            try
            {
                await act(operand);
            }
            catch (Exception e) when (IsFailure(e))
            {
                await ComplainAsync(e);
                code = FsShell.Failure;
            }
        }
        return code;
    }

    public async Task ComplainAsync(Exception e)
    {
        await Console.Out.FlushAsync();
        await Console.Error.WriteLineAsync(e is FsMessageException ? e.Message : $"{Name}: {Words(e)}");
    }

    /// <summary>A failure of one operand, or of the store, rather than of this program.</summary>
    public static bool IsFailure(Exception e) => e is FsMessageException or IOException or FormatException or
        UnauthorizedAccessException or HttpRequestException;

    /// <summary>What a path or pattern names.</summary>
    /// <param name="otherwise">The message if that is nothing; <c>{0}</c> stands for what was asked.</param>
    /// <exception cref="FileNotFoundException">Nothing is named.</exception>
    public async Task<(IFileSystem Store, IReadOnlyList<FileStatus> Matches)> MatchAsync(string pattern, string otherwise)
    {
        var path = Stores.Find(pattern);
        var matches = await PathPattern.ExpandAsync(path.Store, path.Path);
        return matches.Count > 0 ? (path.Store, matches)
            : throw new FileNotFoundException(otherwise.Replace("{0}", pattern, StringComparison.Ordinal));
    }

    /// <summary>The store, for what only HDFS does.</summary>
    /// <exception cref="StorageException">It is another.</exception>
    public static WebHdfs Hdfs(IFileSystem store) =>
        store as WebHdfs ?? throw new StorageException($"FileSystem {store.Prefix} is not a distributed file system");

    /// <summary>As Hadoop's client words what its name node refused.</summary>
    private static string Words(Exception e)
    {
        var named = (e as StorageException)?.RemoteException switch
        {
            "AccessControlException" => "org.apache.hadoop.security.AccessControlException: ",
            "NSQuotaExceededException" or "DSQuotaExceededException" =>
                $"org.apache.hadoop.hdfs.protocol.{((StorageException)e).RemoteException}: ",
            _ => "",
        };
        return e.Message.StartsWith(named, StringComparison.Ordinal) ? e.Message : named + e.Message;
    }
}

/// <summary>The command was given operands it cannot use.</summary>
internal sealed class FsUsageException : Exception;

/// <summary>A message that stands alone, without the command's name.</summary>
internal sealed class FsMessageException(string message) : Exception(message);
