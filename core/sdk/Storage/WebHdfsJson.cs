using System.Text.Json.Serialization;

namespace Agora.Storage;

/// <summary>WebHDFS's JSON shapes. Names of properties are the wire's; numbers are longs and never floats.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FileStatusAnswer))]
[JsonSerializable(typeof(FileStatusesAnswer))]
[JsonSerializable(typeof(BooleanAnswer))]
[JsonSerializable(typeof(PathAnswer))]
[JsonSerializable(typeof(ContentSummaryAnswer))]
[JsonSerializable(typeof(QuotaUsageAnswer))]
[JsonSerializable(typeof(AclStatusAnswer))]
[JsonSerializable(typeof(AttributeNamesAnswer))]
[JsonSerializable(typeof(AttributesAnswer))]
[JsonSerializable(typeof(List<string>))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(LongAnswer))]
[JsonSerializable(typeof(BlockLocationsAnswer))]
[JsonSerializable(typeof(LocatedBlocksAnswer))]
[JsonSerializable(typeof(LocalBlockAnswer))]
[JsonSerializable(typeof(FileChecksumAnswer))]
[JsonSerializable(typeof(FsStatusAnswer))]
[JsonSerializable(typeof(ServerDefaultsAnswer))]
[JsonSerializable(typeof(RemoteExceptionAnswer))]
public sealed partial class WebHdfsJson : JsonSerializerContext;

public sealed record FileStatusAnswer([property: JsonPropertyName("FileStatus")] WireFileStatus FileStatus);

public sealed record FileStatusesAnswer(
    [property: JsonPropertyName("FileStatuses")] FileStatusList FileStatuses);

public sealed record FileStatusList(
    [property: JsonPropertyName("FileStatus")] IReadOnlyList<WireFileStatus> FileStatus);

/// <param name="PathSuffix">The name inside the listed directory; empty for the asked path itself.</param>
/// <param name="Type">FILE or DIRECTORY.</param>
public sealed record WireFileStatus(
    long AccessTime, long BlockSize, string Group, long Length, long ModificationTime, string Owner,
    string PathSuffix, string Permission, int Replication, string Type);

public sealed record BooleanAnswer(bool Boolean);

public sealed record LongAnswer(long Long);

public sealed record PathAnswer([property: JsonPropertyName("Path")] string Path);

public sealed record ContentSummaryAnswer(
    [property: JsonPropertyName("ContentSummary")] WireContentSummary ContentSummary);

public sealed record WireContentSummary(
    long DirectoryCount, long FileCount, long Length, long Quota, long SpaceConsumed, long SpaceQuota);

public sealed record QuotaUsageAnswer([property: JsonPropertyName("QuotaUsage")] WireQuotaUsage QuotaUsage);

/// <summary>A quota of -1 is none.</summary>
public sealed record WireQuotaUsage(long FileAndDirectoryCount, long Quota, long SpaceConsumed, long SpaceQuota);

public sealed record AclStatusAnswer([property: JsonPropertyName("AclStatus")] WireAclStatus AclStatus);

/// <param name="Entries">Those beyond the mode bits.</param>
public sealed record WireAclStatus(
    IReadOnlyList<string> Entries, string Group, string Owner, string Permission, bool StickyBit);

/// <param name="XAttrNames">A JSON list, as text.</param>
public sealed record AttributeNamesAnswer([property: JsonPropertyName("XAttrNames")] string XAttrNames);

public sealed record AttributesAnswer([property: JsonPropertyName("XAttrs")] IReadOnlyList<WireAttribute> XAttrs);

/// <param name="Value">In quotes, or hexadecimal after <c>0x</c>, or base64 after <c>0s</c>.</param>
public sealed record WireAttribute(string Name, string? Value);

public sealed record TokenAnswer([property: JsonPropertyName("Token")] WireToken Token);

public sealed record WireToken(string UrlString);

public sealed record BlockLocationsAnswer(
    [property: JsonPropertyName("BlockLocations")] BlockLocationList BlockLocations);

public sealed record BlockLocationList(
    [property: JsonPropertyName("BlockLocation")] IReadOnlyList<WireBlockLocation> BlockLocation);

public sealed record WireBlockLocation(
    IReadOnlyList<string>? CachedHosts, bool Corrupt, IReadOnlyList<string> Hosts, long Length,
    IReadOnlyList<string>? Names, long Offset, IReadOnlyList<string>? TopologyPaths);

public sealed record LocatedBlocksAnswer(
    [property: JsonPropertyName("LocatedBlocks")] WireLocatedBlocks LocatedBlocks);

public sealed record WireLocatedBlocks(
    long FileLength, bool IsUnderConstruction, IReadOnlyList<WireLocatedBlock> LocatedBlocks);

public sealed record WireLocatedBlock(
    WireBlock Block, WireBlockToken? BlockToken, bool IsCorrupt, IReadOnlyList<WireDatanode> Locations,
    long StartOffset);

public sealed record WireBlock(long BlockId, long GenerationStamp, long NumBytes);

public sealed record WireBlockToken(string UrlString);

public sealed record WireDatanode(
    string? AdminState, string HostName, int InfoPort, string? Name, string? NetworkLocation);

public sealed record LocalBlockAnswer([property: JsonPropertyName("LocalBlock")] WireLocalBlock LocalBlock);

/// <summary>The embedded store's own: a block and where a copy of it lies on the store's machine.</summary>
/// <param name="FileLength">Of the file it is of, in bytes.</param>
/// <param name="Offset">Where it begins in the file, in bytes.</param>
/// <param name="Path">Of the copy's file; null if the reader's node has none that is whole.</param>
/// <param name="Checksums">The CRC-32C of each chunk, big-endian, in base64; null as the path.</param>
public sealed record WireLocalBlock(
    long FileLength, long Offset, long Length, string? Path, int ChunkBytes, string? Checksums);

public sealed record FileChecksumAnswer([property: JsonPropertyName("FileChecksum")] WireFileChecksum FileChecksum);

/// <param name="Bytes">In hexadecimal.</param>
/// <param name="Length">In bytes.</param>
public sealed record WireFileChecksum(string Algorithm, string Bytes, int Length);

public sealed record FsStatusAnswer([property: JsonPropertyName("FsStatus")] WireFsStatus FsStatus);

/// <summary>All in bytes.</summary>
public sealed record WireFsStatus(long Capacity, long Remaining, long Used);

public sealed record ServerDefaultsAnswer(
    [property: JsonPropertyName("FsServerDefaults")] WireServerDefaults FsServerDefaults);

public sealed record WireServerDefaults(
    long BlockSize, int BytesPerChecksum, string ChecksumType, bool EncryptDataTransfer, int FileBufferSize,
    int Replication, long TrashInterval, int WritePacketSize);

public sealed record RemoteExceptionAnswer(
    [property: JsonPropertyName("RemoteException")] WireRemoteException RemoteException);

public sealed record WireRemoteException(string Exception, string? JavaClassName, string? Message);
