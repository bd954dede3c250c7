using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Agora.Web.Api;

namespace Agora.Web;

/// <summary>
/// How many requests may come over HTTP in a second, and how many wrong credentials: from each address, and of each principal there.
/// Twice as many may come at once. What is more is answered 429 and not looked at. Any thread.
/// </summary>
public sealed class RequestRates : IDisposable
{
    /// <summary>Wrong credentials a second, for each address and each principal that is named.</summary>
    public const int WrongPerSecond = 10;

    /// <summary>A bucket holds as much as comes in so many seconds.</summary>
    private const int SecondsHeld = 2;

    /// <summary>Whoever has an address of version 6 has some 2^64 of them.</summary>
    private const int NetworkBytes = 8;

    private const string InASecond = "1";

    private readonly PartitionedRateLimiter<Sender>? _requests;
    private readonly PartitionedRateLimiter<Sender> _wrong = Buckets(WrongPerSecond);
    private readonly int _perSecond;
    private long _refused, _refusedWrong;

    /// <param name="perSecond">Requests; 0 for any number.</param>
    /// <param name="meters">Where what is refused is counted; null counts nowhere.</param>
    public RequestRates(int perSecond, IMeterFactory? meters = null)
    {
        _perSecond = perSecond;
        _requests = perSecond > 0 ? Buckets(perSecond) : null;
        meters?.Create(MasterMetrics.MeterName).CreateObservableCounter("agora.master.http.refused", () => (Measurement<long>[])
        [
            new(Interlocked.Read(ref _refused), KeyValuePair.Create("reason", (object?)"rate")),
            new(Interlocked.Read(ref _refusedWrong), KeyValuePair.Create("reason", (object?)"credentials")),
        ], "{request}", "Requests over HTTP that were refused since too many came from one address");
    }

    /// <summary>Counts a request, and answers it itself if too many have come.</summary>
    /// <param name="principal">Who has shown who he is; null for anybody.</param>
    /// <returns>True if it is to go on.</returns>
    public async Task<bool> AdmitAsync(HttpContext context, string? principal = null)
    {
        if (_requests is null || Take(_requests, context, principal ?? ""))
            return true;
        Interlocked.Increment(ref _refused);
        await RefuseAsync(context, $"more than {_perSecond} requests a second come from this address; try again in a second");
        return false;
    }

    /// <summary>False while too many wrong credentials with that name have come from there: another is not to be looked at.</summary>
    /// <remarks>Asking the bucket for none of its tokens would do while it holds a part of one.</remarks>
    public bool MayShow(HttpContext context, string principal) => _wrong.GetStatistics(SenderOf(context, principal)) is not { CurrentAvailablePermits: < 1 };

    /// <summary>Counts a credential that was wrong.</summary>
    /// <returns>False if there were too many before.</returns>
    public bool CountWrong(HttpContext context, string principal = "") => Take(_wrong, context, principal);

    /// <summary>Answers a request that shows a credential after too many wrong ones.</summary>
    public Task RefuseWrongAsync(HttpContext context)
    {
        Interlocked.Increment(ref _refusedWrong);
        return RefuseAsync(context, $"more than {WrongPerSecond} wrong credentials a second come from this address; try again in a second");
    }

    public void Dispose()
    {
        _requests?.Dispose();
        _wrong.Dispose();
    }

    private static Task RefuseAsync(HttpContext context, string why)
    {
        context.Response.Headers.RetryAfter = InASecond;
        return Answers.Refuse(context, StatusCodes.Status429TooManyRequests, why);
    }

    private static PartitionedRateLimiter<Sender> Buckets(int perSecond) =>
        PartitionedRateLimiter.Create<Sender, Sender>(sender => RateLimitPartition.GetTokenBucketLimiter(sender, _ => new TokenBucketRateLimiterOptions
        {
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            TokensPerPeriod = perSecond,
            TokenLimit = perSecond * SecondsHeld,
        }));

    private static bool Take(PartitionedRateLimiter<Sender> buckets, HttpContext context, string principal)
    {
        using var lease = buckets.AttemptAcquire(SenderOf(context, principal));
        return lease.IsAcquired;
    }

    private static Sender SenderOf(HttpContext context, string principal) => new(NetworkOf(context.Connection.RemoteIpAddress), principal);

    private static IPAddress NetworkOf(IPAddress? address)
    {
        if (address is null || address.AddressFamily != AddressFamily.InterNetworkV6)
            return address ?? IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new IPAddress(bytes);
    }

    private readonly record struct Sender(IPAddress Network, string Principal);
}
