namespace Agora.Hadoop.Tasks.Programs;

/// <summary>
/// One run of a user's program: records are fed to its standard input, its standard output is handed on, and
/// its standard error is listened to, each on a thread of its own.
/// </summary>
internal sealed class StreamingProgram(
    IReadOnlyList<string> words, string directory, IReadOnlyDictionary<string, string> environment)
{
    private const int InputBufferBytes = 128 << 10;

    /// <summary>Runs it to its end.</summary>
    /// <param name="feed">Writes the input; called on this thread. A program need not read all of it.</param>
    /// <param name="output">The program's standard output; called once and reads to the end.</param>
    /// <param name="error">The program's standard error; called once and reads to the end.</param>
    /// <returns>The exit code, or 128 + signal.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was set; the program is dead.</exception>
    public int Run(Action<Stream> feed, Action<Stream> output, Action<Stream> error, CancellationToken stop)
    {
        using var child = ChildProcess.Start(words, directory, environment);
        using var killed = stop.Register(child.Kill);
        Exception? failure = null;
        var outputThread = Start("stdout", () => output(child.Output));
        var errorThread = Start("stderr", () => error(child.Error));
        try
        {
            using var pipe = child.Input;
            // Not disposed of: it would try the broken pipe once more.
            var input = new BufferedStream(new ProgramInput(pipe), InputBufferBytes);
            feed(input);
            input.Flush();
        }
        catch (InputClosedException)
        {
            // The program has read all it wants; its exit code says whether that is well.
        }
        catch (Exception e)
        {
            Fail(e);
        }
        outputThread.Join();
        errorThread.Join();
        var code = child.WaitForExit();
        stop.ThrowIfCancellationRequested();
        return failure is null ? code : throw failure;

        Thread Start(string name, Action body)
        {
            var thread = new Thread(() =>
            {
                try
                {
                    body();
                }
                catch (Exception e)
                {
                    Fail(e);
                }
            })
            { IsBackground = true, Name = name };
            thread.Start();
            return thread;
        }

        void Fail(Exception e)
        {
            Interlocked.CompareExchange(ref failure, e, null);
            child.Kill();
        }
    }
}
