using Microsoft.AspNetCore.Http;
using Microsoft.Win32.SafeHandles;

namespace Agora.Daemon.Files;

/// <summary>Carries file contents into responses: from the page cache straight into the server's own buffer.</summary>
internal sealed class FileStreaming(FileServerOptions options)
{
    private const int ChunkBytes = 64 << 10;

    private int _followers;

    /// <returns>False if as many follow already as may.</returns>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _followers) <= options.FollowersMax)
            return true;
        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _followers);

    /// <summary>
    /// Sends exactly this part. A file that became shorter meanwhile breaks the connection, so that nobody takes what
    /// came for whole.
    /// </summary>
    public static async Task Send(HttpContext context, SafeFileHandle file, ByteRange part)
    {
        var (offset, left) = (part.Offset, part.Length);
        var body = context.Response.BodyWriter;
        while (left > 0)
        {
            var memory = body.GetMemory(ChunkBytes);
            var got = RandomAccess.Read(file, memory.Span[..(int)Math.Min(memory.Length, left)], offset);
            if (got == 0)
            {
                context.Abort();
                return;
            }
            body.Advance(got);
            offset += got;
            left -= got;
            if ((await body.FlushAsync(context.RequestAborted)).IsCompleted)
                return;
        }
    }

    /// <summary>
    /// Sends from the offset on and goes on as the file grows. If another file takes its name (rotation), the rest of
    /// the old one is followed by the new one; if that happens twice between two looks, what was between is missed. One
    /// that became shorter is begun anew.
    /// </summary>
    public async Task Follow(HttpContext context, string path, SafeFileHandle first, long offset,
        Func<SafeFileHandle?> reopen)
    {
        var file = first;
        var wait = options.FollowPollMin;
        try
        {
            // The headers go before there is anything to send.
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
            while (!context.RequestAborted.IsCancellationRequested)
            {
                // Asked in this order, what was written before the end is surely read, and before the rotation too.
                var isLive = options.IsLive(path);
                var next = Replacement(file, reopen);
                var end = await SendToEnd(context, file, offset);
                if (next is not null)
                {
                    if (file != first)
                        file.Dispose();
                    (file, offset) = (next, 0);
                    continue;
                }
                if (!isLive)
                    return;
                wait = end > offset ? options.FollowPollMin : Longer(wait);
                offset = RandomAccess.GetLength(file) < end ? 0 : end;
                await Task.Delay(wait, context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The reader has left.
        }
        finally
        {
            if (file != first)
                file.Dispose();
        }
    }

    private static async Task<long> SendToEnd(HttpContext context, SafeFileHandle file, long offset)
    {
        var body = context.Response.BodyWriter;
        while (true)
        {
            var got = RandomAccess.Read(file, body.GetMemory(ChunkBytes).Span, offset);
            if (got == 0)
                return offset;
            body.Advance(got);
            offset += got;
            await body.FlushAsync(context.RequestAborted);
        }
    }

    private static SafeFileHandle? Replacement(SafeFileHandle current, Func<SafeFileHandle?> reopen)
    {
        var now = reopen();
        if (now is null)
            return null;
        var facts = RootedDirectory.Facts(now);
        if (facts.Kind == FileKind.File && facts.Identity != RootedDirectory.Facts(current).Identity)
            return now;
        now.Dispose();
        return null;
    }

    private TimeSpan Longer(TimeSpan wait) => wait * 2 < options.FollowPollMax ? wait * 2 : options.FollowPollMax;
}
