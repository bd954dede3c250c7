using System.Runtime.InteropServices;

namespace Agora.Election.ZooKeeper;

/// <summary>ZooKeeper's own client library for C, with threads (Debian's <c>libzookeeper-mt2</c>).</summary>
internal static unsafe partial class LibZooKeeper
{
    private const string Library = "libzookeeper_mt.so.2";

    public const int Ok = 0, NoNode = -101, BadVersion = -103, NodeExists = -110, ConnectionLoss = -4, OperationTimeout = -7, SessionExpired = -112;
    public const int SessionEvent = -1;
    public const int ExpiredState = -112, AuthFailedState = -113, ConnectedState = 3;
    public const int Ephemeral = 1, Sequence = 2;

    /// <summary>Lists of strings as the library gives them; to be handed back to it.</summary>
    public struct StringVector
    {
        public int Count;
        public byte** Data;
    }

    /// <summary>Access for everybody: who may reach the ensemble may take part.</summary>
    public static void* OpenAcl { get; } = (void*)NativeLibrary.GetExport(NativeLibrary.Load(Library), "ZOO_OPEN_ACL_UNSAFE");

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint zookeeper_init(string host, delegate* unmanaged<nint, int, int, byte*, nint, void> watcher, int receiveTimeoutMs, void* clientId, nint context, int flags);

    [LibraryImport(Library)]
    public static partial int zookeeper_close(nint handle);

    [LibraryImport(Library)]
    public static partial int zoo_recv_timeout(nint handle);

    [LibraryImport(Library)]
    public static partial void zoo_set_debug_level(int level);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int zoo_create(nint handle, string path, byte* value, int length, void* acl, int flags, byte* created, int createdLength);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int zoo_get(nint handle, string path, int watch, byte* buffer, int* length, void* stat);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int zoo_set(nint handle, string path, byte* value, int length, int version);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int zoo_wexists(nint handle, string path, delegate* unmanaged<nint, int, int, byte*, nint, void> watcher, nint context, void* stat);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int zoo_get_children(nint handle, string path, int watch, StringVector* children);

    [LibraryImport(Library)]
    public static partial int deallocate_String_vector(StringVector* vector);
}
