using Agora.Election;
using Agora.Protocol;
using Google.Protobuf;

namespace Agora.Daemon.Hosting;

/// <summary>Keeps the registry as one message.</summary>
public sealed class RegistryStore(ILeaderState state) : IAsyncDisposable
{
    /// <exception cref="IOException">It cannot be read, or this master leads no more.</exception>
    /// <exception cref="WireFormatException">What is stored is not understood; the message names the field.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<Registry> LoadAsync(CancellationToken cancellation)
    {
        try
        {
            return await state.LoadAsync(cancellation) is { } stored ? V1.Registry.Parser.ParseFrom(stored).ToDomain() : Registry.Empty;
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new WireFormatException($"it is not a registry: {e.Message}");
        }
    }

    /// <returns>Null once it is stored for good, else why it is not.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled: whether it is stored is not known.</exception>
    public async Task<string?> StoreAsync(Registry registry, CancellationToken cancellation)
    {
        try
        {
            await state.StoreAsync(registry.ToWire().ToByteArray(), cancellation);
            return null;
        }
        catch (IOException e)
        {
            return e.Message;
        }
    }

    public ValueTask DisposeAsync() => state.DisposeAsync();
}
