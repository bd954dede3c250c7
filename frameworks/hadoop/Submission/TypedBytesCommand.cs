using Agora.Hadoop.Cli;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Service;
using Agora.Hadoop.Tasks;
using Agora.Hadoop.Tasks.Forms;
using Agora.Hadoop.Tasks.Input;
using Agora.Hadoop.Tasks.Output;
using Agora.Storage;

namespace Agora.Hadoop.Submission;

/// <summary>
/// <c>hadoop jar hadoop-streaming.jar dumptb|loadtb</c>: files of text or of Hadoop's SequenceFiles to typed bytes on
/// standard output, and typed bytes on standard input to a SequenceFile.
/// </summary>
internal static class TypedBytesCommand
{
    private const int Failed = 1, BufferBytes = 128 << 10;

    public static Task<int> DumpAsync(IReadOnlyList<string> args) => RunAsync("dumptb", "<glob-pattern>",
        "Dumps all files that match the given pattern to standard output as typed bytes.\n" +
        "The files can be text or sequence files", args, DumpAsync);

    public static Task<int> LoadAsync(IReadOnlyList<string> args) => RunAsync("loadtb", "<path>",
        "Reads typed bytes from standard input and stores them in a sequence file in\nthe specified path", args, LoadAsync);

    private static async Task<int> RunAsync(
        string name, string operand, string usage, IReadOnlyList<string> args, Func<Stores, string, Task> run)
    {
        if (args.Count != 1)
        {
            await Console.Out.WriteLineAsync($"Usage: hadoop jar hadoop-streaming.jar {name} {operand}\n  {usage}");
            return Failed;
        }
        try
        {
            using var stores = Cluster.OpenStores();
            await run(stores, args[0]);
            return 0;
        }
        catch (Exception e) when (e is IOException or StorageException or SubmissionRefusedException or AttemptFailedException
            or RecordTooLongException or FormatException or ClusterMissingException or HttpRequestException)
        {
            await Console.Error.WriteLineAsync($"{name}: {e.Message}");
            return Failed;
        }
    }

    private static async Task DumpAsync(Stores stores, string pattern)
    {
        var conf = new JobConf(new Dictionary<string, string> { [JobConf.InputFormat] = StreamingClasses.AutoInput });
        await using var output = new BufferedStream(Console.OpenStandardOutput(), BufferBytes);
        foreach (var file in await JobInput.FindAsync(stores, [pattern]))
        {
            var split = new InputSplit(file.Path, 0, file.Length, [], 0);
            using var source = RecordSources.Open(conf, split, stores, RecordForm.TypedBytes);
            while (source.Next())
                ProgramForm.Write(RecordForm.TypedBytes, source.Key, source.Value, output);
        }
    }

    private static async Task LoadAsync(Stores stores, string path)
    {
        await using var input = Console.OpenStandardInput();
        var target = stores.Find(path);
        await target.Store.CreateAsync(target.Path, new CreateOptions(Overwrite: true), async (stream, stop) =>
        {
            // Not disposed of: the store closes its stream.
            var file = new BufferedStream(stream, BufferBytes);
            var writer = new SequenceFileWriter(file, RecordForm.TypedBytes);
            ProgramForm.ReadAll(RecordForm.TypedBytes, input, writer.Write);
            await file.FlushAsync(stop);
        });
    }
}
