namespace Agora.Hadoop.Cli;

/// <summary>A command of <c>hadoop fs</c>.</summary>
/// <param name="Usage">Its operands, in Hadoop 1's words.</param>
/// <param name="Flags">Words with a dash that it knows; others count as operands.</param>
/// <param name="OperandsMin">With fewer its usage is shown.</param>
internal sealed record FsCommand(
    string Usage, string Summary, string Flags, int OperandsMin, Func<FsCall, Task<int>> Run, bool IsHadoop1 = true);

/// <summary>All commands of <c>hadoop fs</c>, in the order Hadoop 1 lists them; those of Hadoop 2 come after.</summary>
internal static class FsCommands
{
    public static readonly IReadOnlyDictionary<string, FsCommand> All = new OrderedDictionary<string, FsCommand>
    {
        ["ls"] = new("<path>", "", "-R -d -h", 0, c => c.EachAsync(p => FsListing.ListAsync(c, p), [""])),
        ["lsr"] = new("<path>", "Like ls, and all that is below.", "-h", 0,
            c => c.EachAsync(p => FsListing.ListAsync(c with { Flags = [.. c.Flags, "-R"] }, p), [""])),
        ["du"] = new("<path>", "The bytes in files, and of all below directories.", "-s -h", 0,
            c => c.EachAsync(p => FsListing.UsageAsync(c, p), [""])),
        ["dus"] = new("<path>", "The bytes of all below each path.", "", 0,
            c => c.EachAsync(p => FsListing.TotalAsync(c, p), [""])),
        ["count"] = new("[-q] <path>", "Directories, files and bytes; with -q quotas come first.", "-q -h", 1,
            c => c.EachAsync(p => FsListing.CountAsync(c, p))),
        ["mv"] = new("<src> <dst>", "Move files, into the last path if that is a directory.", "", 2, FsChanges.MoveAsync),
        ["cp"] = new("<src> <dst>", "Copy files, into the last path if that is a directory.", "-f -p", 2, FsCopies.CopyAsync),
        ["rm"] = new("[-skipTrash] <path>", "Delete files.", "-r -R -f -skipTrash", 1,
            c => c.EachAsync(p => FsChanges.RemoveAsync(c, p, c.Has("-r") || c.Has("-R")))),
        ["rmr"] = new("[-skipTrash] <path>", "Delete files and directories with all below them.", "-f -skipTrash", 1,
            c => c.EachAsync(p => FsChanges.RemoveAsync(c, p, recursive: true))),
        ["expunge"] = new("", "Empty the trash; there is none, so nothing is done.", "", 0, _ => Task.FromResult(0)),
        ["put"] = new("<localsrc> ... <dst>", "Copy files of this machine, or standard input as '-', to the store.",
            "-f -p", 2, FsCopies.PutAsync),
        ["copyFromLocal"] = new("<localsrc> ... <dst>", "The same as put.", "-f -p", 2, FsCopies.PutAsync),
        ["moveFromLocal"] = new("<localsrc> ... <dst>", "Like put, and delete the sources.", "", 2, FsCopies.MoveInAsync),
        ["get"] = new("[-ignoreCrc] [-crc] <src> <localdst>", "Copy files of the store to this machine.",
            "-f -p -ignoreCrc -crc", 2, FsCopies.GetAsync),
        ["getmerge"] = new("<src> <localdst> [addnl]", "Join a directory's files, by name, into one on this machine.",
            "-nl", 2, FsCopies.GetMergedAsync),
        ["cat"] = new("<src>", "Print files as they are.", "-ignoreCrc", 1, c => c.EachAsync(p => FsCopies.CatAsync(c, p, false))),
        ["text"] = new("<src>", "Print files, those of gzip, bzip2, zstd and deflate decoded.", "-ignoreCrc", 1,
            c => c.EachAsync(p => FsCopies.CatAsync(c, p, true))),
        ["copyToLocal"] = new("[-ignoreCrc] [-crc] <src> <localdst>", "The same as get.", "-f -p -ignoreCrc -crc", 2,
            FsCopies.GetAsync),
        ["moveToLocal"] = new("[-crc] <src> <localdst>", "Not there in Hadoop either.", "-crc", 0, _ =>
        {
            Console.Error.WriteLine("Option '-moveToLocal' is not implemented yet.");
            return Task.FromResult(0);
        }),
        ["mkdir"] = new("<path>", "Make directories, with those on the way; with -p also if they are there.", "-p", 1,
            c => c.EachAsync(p => FsChanges.MakeDirectoryAsync(c, p))),
        ["setrep"] = new("[-R] [-w] <rep> <path/file>", "Set how many copies files have; with -w wait until they do.",
            "-R -w", 2, FsAttributes.SetReplicationAsync),
        ["touchz"] = new("<path>", "Make empty files.", "", 1, c => c.EachAsync(p => FsChanges.TouchAsync(c, p))),
        ["test"] = new("-[ezd] <path>", "0 if the path is there (-e), is empty (-z), is a directory (-d), else 1.", "", 2,
            FsListing.TestAsync),
        ["stat"] = new("[format] <path>",
            "By format: %b bytes, %F kind, %g group, %n name, %o block size, %r copies, %u owner, %y and %Y time.", "", 1,
            FsListing.StatAsync),
        ["tail"] = new("[-f] <file>", "Print the last 1024 bytes; with -f also what is added.", "-f", 1, FsCopies.TailAsync),
        ["chmod"] = new("[-R] <MODE[,MODE]... | OCTALMODE> PATH...", "Change who may do what.", "-R", 2,
            FsAttributes.ChangeModeAsync),
        ["chown"] = new("[-R] [OWNER][:[GROUP]] PATH...", "Change owner and group.", "-R", 2, FsAttributes.ChangeOwnerAsync),
        ["chgrp"] = new("[-R] GROUP PATH...", "Change the group.", "-R", 2, FsAttributes.ChangeGroupAsync),
        ["help"] = new("[cmd]", "Say what commands do.", "", 0, FsHelp.ShowAsync),
        ["usage"] = new("[cmd]", "Say how commands are written.", "", 0, FsHelp.ShowUsageAsync, false),
        ["appendToFile"] = new("<localsrc> ... <dst>", "Add files of this machine, or standard input as '-', to a file.",
            "", 2, FsCopies.AppendAsync, false),
        ["checksum"] = new("<src>", "Print files' checksums.", "", 1,
            c => c.EachAsync(p => FsListing.ChecksumAsync(c, p)), false),
        ["rmdir"] = new("<path>", "Delete empty directories.", "--ignore-fail-on-non-empty", 1,
            c => c.EachAsync(p => FsChanges.RemoveDirectoryAsync(c, p)), false),
        ["df"] = new("[-h] [<path>]", "Size of the store, and what is free.", "-h", 0, FsListing.DiskAsync, false),
        ["find"] = new("<path> ... [-name <pattern>] [-iname <pattern>] [-print] [-print0]",
            "Print what is at and below paths.", "", 0, FsListing.FindAsync, false),
        ["truncate"] = new("[-w] <length> <path> ...", "Cut files to a length.", "-w", 2, FsChanges.TruncateAsync, false),
        ["concat"] = new("<target path> <src path> <src path> ...",
            "Move what files hold to the end of another in the same directory.", "", 2, FsChanges.ConcatAsync, false),
        ["setfattr"] = new("{-n name [-v value] | -x name} <path>", "Set or remove an extended attribute.", "", 3,
            FsAttributes.SetAttributeAsync, false),
        ["getfattr"] = new("[-R] {-n name | -d} [-e en] <path>",
            "Print extended attributes, values by -e as text, hex or base64.", "-R", 2, FsAttributes.ShowAttributesAsync, false),
    };
}
