using System.Buffers;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Agora.Daemon.Hosting;

/// <summary>
/// HTTP/1.1 for browsers and HTTP/2 for gRPC on one port without TLS. With TLS the two agree beforehand which one they speak;
/// without it the client's first bytes tell, since an HTTP/2 connection always begins with the same ones.
/// </summary>
internal static class PlainHttp
{
    /// <summary>For the first bytes of a connection; a browser may connect before it needs to.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n"u8;

    public static void UseBothVersions(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.KestrelServerOptions.AllowAlternateSchemes = true;
        listen.Use(next => async connection =>
        {
            if (await BeginsWithPreface(connection))
            {
                var agreed = new Agreed();
                connection.Features.Set<ITlsConnectionFeature>(agreed);
                connection.Features.Set<ITlsApplicationProtocolFeature>(agreed);
            }
            await next(connection);
        });
    }

    private static async Task<bool> BeginsWithPreface(ConnectionContext connection)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        patience.CancelAfter(Patience);
        var input = connection.Transport.Input;
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(patience.Token);
                var (seen, differs) = Compare(read.Buffer);
                var isEnough = differs || seen == Preface.Length || read.IsCompleted;
                // What was looked at is left for who speaks next.
                input.AdvanceTo(read.Buffer.Start, isEnough ? read.Buffer.Start : read.Buffer.End);
                if (isEnough)
                    return !differs && seen == Preface.Length;
            }
        }
        catch (OperationCanceledException)
        {
            connection.Abort();
            return false;
        }
    }

    private static (int Seen, bool Differs) Compare(ReadOnlySequence<byte> begun)
    {
        Span<byte> first = stackalloc byte[Preface.Length];
        var seen = (int)Math.Min(begun.Length, Preface.Length);
        begun.Slice(0, seen).CopyTo(first);
        return (seen, !first[..seen].SequenceEqual(Preface[..seen]));
    }

    /// <summary>Tells the server what TLS would: that HTTP/2 is spoken.</summary>
    private sealed class Agreed : ITlsConnectionFeature, ITlsApplicationProtocolFeature
    {
        public ReadOnlyMemory<byte> ApplicationProtocol => "h2"u8.ToArray();

        public X509Certificate2? ClientCertificate
        {
            get => null;
            set => throw new NotSupportedException("there is no TLS here");
        }

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult<X509Certificate2?>(null);
    }
}
