using System.Formats.Tar;
using System.IO.Compression;
using Agora.Daemon.Files;

namespace Agora.Daemon.Fetching;

/// <summary>
/// Unpacks <c>.zip .tar .tar.gz .tgz</c> into a sandbox. An entry with an absolute name, with <c>..</c>, or behind a
/// link, and a link that leads out, is refused, and with it the archive. Entries of archives never overwrite through a
/// link, since links are made last.
/// </summary>
internal sealed class Archive(string shownName, RootedDirectory sandbox, FetcherOptions options,
    CancellationToken cancellation)
{
    private const UnixFileMode PermissionBits = (UnixFileMode)0x1FF;
    private const UnixFileMode Plain =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const int ChunkBytes = 256 << 10;

    private readonly List<(string Name, string Target)> _links = [];
    private readonly byte[] _chunk = new byte[ChunkBytes];
    private long _bytes;
    private int _entries;

    /// <param name="fileName">Its ending tells the format.</param>
    /// <exception cref="FetchException">It is not a sound archive, or one of its entries is refused.</exception>
    public async Task Extract(Stream archive, string fileName)
    {
        try
        {
            if (fileName.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
                await ExtractZip(archive);
            else if (fileName.EndsWith(".tar", StringComparison.OrdinalIgnoreCase))
                await ExtractTar(archive);
            else if (fileName.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase) ||
                fileName.EndsWith(".tgz", StringComparison.OrdinalIgnoreCase))
                await ExtractGzippedTar(archive);
            else
                throw new FetchException($"cannot unpack {shownName}: '{fileName}' has no known ending; pack it as " +
                    ".zip, .tar, .tar.gz or .tgz");
            MakeLinks();
        }
        catch (Exception e) when (
            e is InvalidDataException or FormatException or EndOfStreamException or NotSupportedException)
        {
            throw new FetchException($"cannot unpack {shownName}: it is damaged or not what its name says " +
                $"({e.Message}); pack it again", e);
        }
    }

    private async Task ExtractZip(Stream archive)
    {
        using var zip = await ZipArchive.CreateAsync(archive, ZipArchiveMode.Read, leaveOpen: true,
            entryNameEncoding: null, cancellation);
        foreach (var entry in zip.Entries)
        {
            const int unixModeShift = 16, kindMask = 0xF000, link = 0xA000;
            var mode = (entry.ExternalAttributes >> unixModeShift) & 0xFFFF;
            var name = Checked(entry.FullName);
            if (name.Length == 0)
                continue;
            if (entry.FullName.EndsWith('/'))
            {
                sandbox.CreateDirectories(name);
                continue;
            }
            await using var content = await entry.OpenAsync(cancellation);
            if ((mode & kindMask) == link)
            {
                using var reader = new StreamReader(content);
                AddLink(name, await reader.ReadToEndAsync(cancellation));
            }
            else
            {
                await WriteFile(name, content, mode == 0 ? Plain : (UnixFileMode)mode & PermissionBits);
            }
        }
    }

    private async Task ExtractGzippedTar(Stream archive)
    {
        await using var unzipped = new GZipStream(archive, CompressionMode.Decompress, leaveOpen: true);
        await ExtractTar(unzipped);
    }

    private async Task ExtractTar(Stream archive)
    {
        await using var tar = new TarReader(archive, leaveOpen: true);
        while (await tar.GetNextEntryAsync(copyData: false, cancellation) is { } entry)
        {
            if (entry.EntryType is TarEntryType.GlobalExtendedAttributes)
                continue;
            var name = Checked(entry.Name);
            if (name.Length == 0)
                continue;
            switch (entry.EntryType)
            {
                case TarEntryType.Directory or TarEntryType.DirectoryList:
                    sandbox.CreateDirectories(name);
                    break;
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                    await WriteFile(name, entry.DataStream ?? Stream.Null, entry.Mode & PermissionBits);
                    break;
                case TarEntryType.SymbolicLink:
                    AddLink(name, entry.LinkName);
                    break;
                case TarEntryType.HardLink:
                    await CopyEntry(name, Checked(entry.LinkName), entry.Mode & PermissionBits);
                    break;
                default:
                    throw Refused(entry.Name, $"it is a {entry.EntryType}, and only files, directories and links " +
                        "are unpacked");
            }
        }
    }

    private async Task CopyEntry(string name, string original, UnixFileMode mode)
    {
        using var handle = sandbox.TryOpen(original, out _)
            ?? throw Refused(name, $"it is a link to '{original}', which is not there");
        await using var content = new FileStream(handle, FileAccess.Read, bufferSize: 0);
        await WriteFile(name, content, mode);
    }

    private async Task WriteFile(string name, Stream content, UnixFileMode mode)
    {
        if (name.LastIndexOf('/') is var slash and > 0)
            sandbox.CreateDirectories(name[..slash]);
        using var file = sandbox.Create(name, mode | UnixFileMode.UserRead | UnixFileMode.UserWrite);
        long offset = 0;
        while (await content.ReadAsync(_chunk, cancellation) is var got and > 0)
        {
            _bytes += got;
            if (_bytes > options.ArtifactBytesMax)
                throw new FetchException($"cannot unpack {shownName}: it holds more than " +
                    $"{options.ArtifactBytesMax} bytes; unpack less, or raise the agent's limit");
            RandomAccess.Write(file, _chunk.AsSpan(0, got), offset);
            offset += got;
        }
    }

    private void AddLink(string name, string target)
    {
        if (target.Length == 0 || target.Contains('\0', StringComparison.Ordinal))
            throw Refused(name, "it is a link to nothing");
        if (target.StartsWith('/') || Depth(name, target) < 0)
            throw Refused(name, $"it is a link to '{target}', outside the sandbox");
        _links.Add((name, target));
    }

    /// <summary>All names are there by now, so whether a link leads out is seen through all the others.</summary>
    private void MakeLinks()
    {
        foreach (var (name, target) in _links)
        {
            if (name.LastIndexOf('/') is var slash and > 0)
                sandbox.CreateDirectories(name[..slash]);
            sandbox.CreateLink(name, target);
        }
        foreach (var (name, target) in _links)
        {
            if (sandbox.StaysBeneath(name))
                continue;
            foreach (var link in _links)
                sandbox.Remove(link.Name);
            throw Refused(name, $"it is a link to '{target}', outside the sandbox");
        }
    }

    /// <summary>
    /// How deep in the sandbox a link's target lies by its name alone; below 0 it is outside on the way.
    /// </summary>
    private static int Depth(string name, string target)
    {
        var depth = name.Count(c => c == '/');
        foreach (var part in target.Split('/'))
        {
            depth += part switch { "" or "." => 0, ".." => -1, _ => 1 };
            if (depth < 0)
                return depth;
        }
        return depth;
    }

    /// <returns>The name without empty parts and '.'; empty for the sandbox itself.</returns>
    private string Checked(string name)
    {
        if (++_entries > options.ArchiveEntriesMax)
            throw new FetchException($"cannot unpack {shownName}: it has more than {options.ArchiveEntriesMax} " +
                "entries; pack fewer");
        if (name.StartsWith('/'))
            throw Refused(name, "its name is absolute");
        if (name.Contains('\0', StringComparison.Ordinal))
            throw Refused(name.Replace("\0", "\\0", StringComparison.Ordinal), "its name holds NUL");
        var parts = name.Split('/').Where(p => p is not ("" or ".")).ToList();
        if (parts.Contains(".."))
            throw Refused(name, "its name leads out of the sandbox");
        return string.Join('/', parts);
    }

    private FetchException Refused(string entry, string why) =>
        new($"cannot unpack {shownName}: entry '{entry}' is refused, because {why}; pack the archive with plain " +
            "relative names");
}
