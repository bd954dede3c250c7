using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Agora.Election.Etcd;

/// <summary>
/// Renews leases over etcd's HTTP/1.1 interface, each step on the calling thread. A master to which tens of thousands of
/// agents come back at once has as much waiting in its thread pool, and a renewal in there would come too late. (The first
/// renewal, and the first after a broken connection, do need the pool: they connect.)
/// </summary>
internal sealed class EtcdKeepAlive(EtcdClient client, TimeSpan patience) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { ConnectTimeout = patience, UseProxy = false }) { Timeout = patience };

    /// <returns>False if there is no such lease any more.</returns>
    /// <exception cref="HttpRequestException">The member does not answer, or has no such interface.</exception>
    /// <exception cref="OperationCanceledException">It does not answer in time.</exception>
    /// <exception cref="JsonException">It answers something else.</exception>
    public bool Renew(long lease)
    {
        var id = lease.ToString(CultureInfo.InvariantCulture);
        var member = client.Member;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(member, "/v3/lease/keepalive"))
        {
            Content = new ByteArrayContent(Encoding.ASCII.GetBytes($$"""{"ID":"{{id}}"}""")),
        };
        using var response = _http.Send(request);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            throw new HttpRequestException($"etcd at {member} does not renew leases over HTTP, because it runs without its " +
                "gateway; start it with --enable-grpc-gateway=true, which is its default", null, response.StatusCode);
        }
        response.EnsureSuccessStatusCode();
        using var answer = JsonDocument.Parse(response.Content.ReadAsStream());
        return answer.RootElement.TryGetProperty("result", out var result)
            ? result.TryGetProperty("TTL", out _) // Left out where it is 0: the lease is not there.
            : throw new JsonException($"etcd at {member} answers {answer.RootElement}");
    }

    public void Dispose() => _http.Dispose();
}
