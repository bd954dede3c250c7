using System.Globalization;
using System.Text;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks.Classes;
using Agora.MapReduce;
using Agora.Storage;

namespace Agora.Hadoop.Submission;

/// <summary>A job of classes in the form that the JobTracker takes.</summary>
/// <param name="Files">For the tasks' working directories.</param>
/// <param name="Splits">What each map is told, if the input is no files.</param>
internal sealed record JobPackage(
    Dictionary<string, string> Conf, IReadOnlyList<FileToShip> Files, IReadOnlyList<string>? Splits)
{
    /// <summary>Splits are cut by size, so that those made here are of one size, and one each.</summary>
    private const int SplitAlignment = 256;

    /// <exception cref="TypeLoadException">Its classes are missing or do not fit each other.</exception>
    public static JobPackage Of(MapReduce.JobConf conf, IReadOnlyList<string> assemblies, Stores stores)
    {
        var types = new TaskTypes(conf);
        if (conf.Get(MapReduce.JobConf.OutputPath) is not { } output)
            throw new FormatException("Output directory not set: call conf.SetOutputPath(path)");
        Dictionary<string, string> values = [];
        foreach (var (name, value) in conf)
            values[Jobs.JobConf.Canonical(name)] = value;
        List<FileToShip> files = [.. assemblies.Select(a => new FileToShip(a, Path.GetFileName(a), InStore: false))];
        foreach (var list in new[] { MapReduce.JobConf.Files, MapReduce.JobConf.Libraries, MapReduce.JobConf.Archives })
        {
            files.AddRange(FileToShip.List(values.GetValueOrDefault(list) ?? "", unpack: list == MapReduce.JobConf.Archives));
            values.Remove(list);
        }
        if (files.Find(f => !f.InStore && !File.Exists(f.Path)) is { } missing)
            throw new FileNotFoundException($"File: {missing.Path} does not exist.");
        values.Remove(MapReduce.JobConf.JobTrackerAddress);
        values.TryAdd(Jobs.JobConf.JobName, Path.GetFileName(assemblies[0]));
        values[JobAssemblies.Property] = Path.GetFileName(assemblies[0]);
        values[Jobs.JobConf.OutputPath] = stores.Find(output).ToString();
        if (types.InputFormat is GeneratingInputFormat generating)
        {
            values[Jobs.JobConf.SplitSizeMin] = long.MaxValue.ToString(CultureInfo.InvariantCulture);
            return new JobPackage(values, files, generating.GetSplits(conf, conf.NumMapTasks));
        }
        var format = (FileInputFormat)types.InputFormat;
        values["mapred.input.format.class"] = format.SplitClass;
        if (!format.IsSplitable)
            values[Jobs.JobConf.SplitSizeMin] = long.MaxValue.ToString(CultureInfo.InvariantCulture);
        var inputs = new Jobs.JobConf(values).Paths(Jobs.JobConf.InputPaths);
        if (inputs.Count == 0)
            throw new FormatException("No input paths specified in job: call conf.SetInputPaths(path, ...)");
        values[Jobs.JobConf.InputPaths] = string.Join(',', inputs.Select(i => stores.Find(i).ToString())
            .Select(i => i.Contains('{', StringComparison.Ordinal) ? i : i.Replace(",", "\\,", StringComparison.Ordinal)));
        return new JobPackage(values, files, null);
    }

    /// <summary>Writes the splits to a directory and makes it the job's input.</summary>
    public async Task StoreSplitsAsync(StoredPath directory)
    {
        if (Splits is null)
            return;
        var bytes = Splits.Select(Encoding.UTF8.GetBytes).ToList();
        var size = (bytes.Max(b => b.Length) / SplitAlignment + 1) * SplitAlignment;
        for (var i = 0; i < bytes.Count; i++)
        {
            var padded = new byte[size];
            padded.AsSpan().Fill((byte)'\n');
            bytes[i].CopyTo(padded, 0);
            await directory.Store.CreateAsync($"{directory.Path}/split-{i:D6}", new CreateOptions(Overwrite: true),
                async (stream, stop) => await stream.WriteAsync(padded, stop));
        }
        Conf[Jobs.JobConf.InputPaths] = directory.ToString();
    }
}
