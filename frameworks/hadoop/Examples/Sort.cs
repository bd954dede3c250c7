using Agora.MapReduce;

namespace Agora.Hadoop.Examples;

/// <summary>Sorts sequence files of bytes by key, each part for itself; <c>-r N</c> makes N parts.</summary>
public sealed class Sort : ITool
{
    public int Run(JobConf conf, string[] args)
    {
        List<string> paths = [];
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] is "-m" or "-r" && i + 1 < args.Length && int.TryParse(args[i + 1], out var count))
            {
                if (args[i++] == "-m")
                    conf.NumMapTasks = count;
                else
                    conf.NumReduceTasks = count;
            }
            else
            {
                paths.Add(args[i]);
            }
        }
        if (paths.Count != 2 || paths.Any(p => p.StartsWith('-')))
        {
            Console.WriteLine("sort [-m <maps>] [-r <reduces>] <input> <output>");
            return 255;
        }
        conf.SetJobName("sorter");
        conf.SetMapperClass<IdentityMapper<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>>();
        conf.SetReducerClass<IdentityReducer<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>>();
        conf.SetInputFormat<SequenceFileInputFormat>();
        conf.SetOutputFormat<SequenceFileOutputFormat>();
        conf.SetInputPaths(paths[0]);
        conf.SetOutputPath(paths[1]);
        JobClient.RunJob(conf);
        return 0;
    }
}
