using System.Globalization;

namespace Agora.Election;

/// <summary>One master that always leads; its epoch is one more than that of its last start.</summary>
/// <param name="directory">Keeps the epoch.</param>
public sealed class StandaloneElection(string directory) : ILeaderElection
{
    /// <exception cref="IOException">The directory cannot be written to.</exception>
    public Task<Leadership> CampaignAsync(Uri self, CancellationToken cancellation)
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, "epoch");
        var last = File.Exists(path) && long.TryParse(File.ReadAllText(path), CultureInfo.InvariantCulture, out var read) ? read : 0;
        var temporary = path + ".new";
        File.WriteAllText(temporary, $"{last + 1}");
        File.Move(temporary, path, overwrite: true);
        return Task.FromResult(new Leadership(last + 1, CancellationToken.None));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
