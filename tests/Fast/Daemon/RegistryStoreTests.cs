using Agora.Daemon.Hosting;
using Agora.Protocol;
using Agora.Tests.Fast.Protocol;
using Google.Protobuf;
using Xunit;

namespace Agora.Tests.Fast.Daemon;

public sealed class RegistryStoreTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    private RegistryStore Open() => new(new SqliteState(_directory["registry.db"]));

    [Fact]
    public async Task What_was_stored_last_is_what_the_next_process_finds()
    {
        var (first, last) = (new DomainSampler(1).Sample<Registry>(), new DomainSampler(2).Sample<Registry>());
        await using (var store = Open())
        {
            Assert.Same(Registry.Empty, await store.LoadAsync(Cancellation));
            Assert.Null(await store.StoreAsync(first, Cancellation));
            Assert.Null(await store.StoreAsync(last, Cancellation));
        }
        await using var next = Open();
        Assert.Equal(Shape.Of(last), Shape.Of(await next.LoadAsync(Cancellation)));
    }

    [Fact]
    public async Task A_file_that_another_master_has_is_not_read()
    {
        await using var store = Open();
        await store.LoadAsync(Cancellation);
        await store.StoreAsync(Registry.Empty, Cancellation);
        await using var second = Open();
        var refused = await Assert.ThrowsAsync<IOException>(() => second.LoadAsync(Cancellation));
        Assert.Contains("database is locked", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_newer_master_has_stored_is_not_taken_for_less_than_it_is()
    {
        var state = new SqliteState(_directory["registry.db"]);
        await using var store = new RegistryStore(state);
        await store.LoadAsync(Cancellation);
        await state.StoreAsync(new V1.Registry { Format = 2 }.ToByteArray(), Cancellation);
        var refused = await Assert.ThrowsAsync<WireFormatException>(() => store.LoadAsync(Cancellation));
        Assert.Equal("Registry.format is 2, written by a newer master; this one knows 1", refused.Message);
    }

    [Fact]
    public async Task What_is_no_registry_is_refused()
    {
        var state = new SqliteState(_directory["registry.db"]);
        await using var store = new RegistryStore(state);
        await store.LoadAsync(Cancellation);
        await state.StoreAsync(new byte[] { 255, 255 }, Cancellation);
        await Assert.ThrowsAsync<WireFormatException>(() => store.LoadAsync(Cancellation));
    }
}
