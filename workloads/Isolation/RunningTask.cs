using System.Diagnostics;
using System.Text;

namespace Agora.Workloads.Isolation;

/// <summary>A command that runs on the cluster by <c>agora run</c>, so as the only task of a framework of its own.</summary>
internal sealed class RunningTask : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly BenchDirectory _place;
    private readonly string _line;
    private readonly Process _process;
    private readonly StringBuilder _said = new();

    private RunningTask(BenchDirectory place, string line)
    {
        (_place, _line) = (place, line);
        _process = Process.Start(place.StartOf($"exec agora run {line}"))!;
        _process.ErrorDataReceived += (_, e) => _said.AppendLine(e.Data);
        _process.BeginErrorReadLine();
    }

    /// <param name="line">What stands behind <c>agora run</c>.</param>
    public static RunningTask Start(BenchDirectory place, string line) => new(place, line);

    /// <summary>Waits for a line of its output.</summary>
    /// <exception cref="WrongOutputException">It ended, or said nothing for long.</exception>
    public async Task SaysAsync(string word, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            while (await _process.StandardOutput.ReadLineAsync(patience.Token) is { } said)
                if (said == word)
                    return;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new WrongOutputException($"'{_line}' did not say '{word}' within {Patience.TotalMinutes} minutes");
        }
        throw new WrongOutputException($"'{_line}' ended before it said '{word}': {_said}");
    }

    /// <summary>Waits until the task has ended.</summary>
    /// <returns>All its output that was not read yet, and the exit code.</returns>
    public async Task<(string Output, int ExitCode)> EndAsync(CancellationToken cancellation)
    {
        var output = await _process.StandardOutput.ReadToEndAsync(cancellation).WaitAsync(Patience, cancellation);
        await _process.WaitForExitAsync(cancellation);
        return (output, _process.ExitCode);
    }

    /// <summary>Has the task killed, and waits until it is.</summary>
    public async Task KillAsync(CancellationToken cancellation)
    {
        _place.Shell($"kill -INT {_process.Id}");
        await EndAsync(cancellation);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
