using System.Diagnostics;
using Agora.Election.Etcd;
using Agora.Election.ZooKeeper;

namespace Agora.Election;

/// <summary>Where a cluster's masters are found: by their addresses, or through the service that they elect a leader by.</summary>
public abstract record MasterLocation
{
    private const string EtcdScheme = "etcd://", ZooKeeperScheme = "zk://";
    private const int EtcdPort = 2379, ZooKeeperPort = 2181;
    private const string UsualPath = "/agora";

    private MasterLocation()
    {
    }

    /// <summary>One or more masters, each as <c>http://host:port</c>.</summary>
    public sealed record Hosts(IReadOnlyList<Uri> Masters) : MasterLocation
    {
        public override string ToString() => string.Join(',', Masters.Select(m => m.ToString().TrimEnd('/')));
    }

    /// <summary>A cluster of etcd.</summary>
    /// <param name="Path">Under which everything of the election is; begins with a slash.</param>
    public sealed record InEtcd(IReadOnlyList<Uri> Endpoints, string Path) : MasterLocation
    {
        public override string ToString() => $"{EtcdScheme}{string.Join(',', Endpoints.Select(e => e.Authority))}{Path}";
    }

    /// <summary>An ensemble of ZooKeeper.</summary>
    /// <param name="Servers">As <c>host:port</c>.</param>
    /// <param name="Path">As for etcd.</param>
    public sealed record InZooKeeper(IReadOnlyList<string> Servers, string Path) : MasterLocation
    {
        public override string ToString() => $"{ZooKeeperScheme}{string.Join(',', Servers)}{Path}";
    }

    /// <param name="text">
    /// <c>http://host:port</c> or <c>host:port</c>, several of them with commas, <c>etcd://host:port,.../path</c>, or
    /// <c>zk://host:port,.../path</c>.
    /// </param>
    /// <exception cref="FormatException">It is none of these; the message names it.</exception>
    public static MasterLocation Parse(string text)
    {
        if (text.StartsWith(EtcdScheme, StringComparison.Ordinal))
        {
            var (hosts, path) = Split(text, EtcdScheme.Length);
            return new InEtcd([.. hosts.Select(h => Http(h, EtcdPort, text))], path);
        }
        if (text.StartsWith(ZooKeeperScheme, StringComparison.Ordinal))
        {
            var (hosts, path) = Split(text, ZooKeeperScheme.Length);
            return new InZooKeeper([.. hosts.Select(h => Http(h, ZooKeeperPort, text).Authority)], path);
        }
        return new Hosts([.. text.Split(',').Select(host => Master(host.Trim(), text))]);
    }

    public ILeaderFinder CreateFinder() => this switch
    {
        Hosts hosts => new HostList(hosts.Masters),
        InEtcd etcd => new EtcdFinder(etcd),
        InZooKeeper zooKeeper => new ZooKeeperFinder(zooKeeper),
        _ => throw new UnreachableException(GetType().Name),
    };

    private static (string[] Hosts, string Path) Split(string text, int start)
    {
        var slash = text.IndexOf('/', start);
        var path = slash < 0 ? "" : text[slash..].TrimEnd('/');
        return (text[start..(slash < 0 ? text.Length : slash)].Split(','), path.Length == 0 ? UsualPath : path);
    }

    private static Uri Http(string host, int usualPort, string text) =>
        Uri.TryCreate($"http://{host}", UriKind.Absolute, out var uri) && uri.PathAndQuery == "/" && uri.UserInfo.Length == 0
            ? host.EndsWith($":{uri.Port}", StringComparison.Ordinal) ? uri : new UriBuilder(uri) { Port = usualPort }.Uri
            : throw new FormatException($"'{host}' in '{text}' is not the address of a server; write HOST:PORT");

    private static Uri Master(string host, string text) =>
        Uri.TryCreate(host.Contains("://", StringComparison.Ordinal) ? host : "http://" + host, UriKind.Absolute, out var uri) &&
        uri.Scheme is "http" or "https" ? uri : throw new FormatException($"'{text}' is not the URL of a master");
}
