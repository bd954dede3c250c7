namespace Agora.Hadoop.Store;

/// <summary>What someone may do with a file or directory: the bits of Unix, the names of Hadoop.</summary>
[Flags]
internal enum FsAction
{
    None = 0,
    Execute = 1,
    Write = 2,
    WriteExecute = 3,
    Read = 4,
    ReadExecute = 5,
    ReadWrite = 6,
    All = 7,
}

internal static class FsActions
{
    public static string NameOf(FsAction action) => action switch
    {
        FsAction.WriteExecute => "WRITE_EXECUTE",
        FsAction.ReadExecute => "READ_EXECUTE",
        FsAction.ReadWrite => "READ_WRITE",
        _ => action.ToString().ToUpperInvariant(),
    };

    /// <summary>From <c>r-x</c>; null if it is not such a word.</summary>
    public static FsAction? Parse(string symbols)
    {
        if (symbols.Length != 3)
            return null;
        var action = FsAction.None;
        for (var i = 0; i < 3; i++)
        {
            if (symbols[i] == "rwx"[i])
                action |= (FsAction)(4 >> i);
            else if (symbols[i] != '-')
                return null;
        }
        return action;
    }

    /// <summary>Such as <c>rwxr-xr-t</c>.</summary>
    public static string Symbols(int mode)
    {
        var text = new char[9];
        for (var i = 0; i < text.Length; i++)
            text[i] = (mode & (1 << (8 - i))) == 0 ? '-' : "rwx"[i % 3];
        if ((mode & PermissionCheck.StickyBit) != 0)
            text[^1] = text[^1] == 'x' ? 't' : 'T';
        return new string(text);
    }
}
