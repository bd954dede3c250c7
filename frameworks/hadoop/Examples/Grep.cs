using System.Text.RegularExpressions;
using Agora.MapReduce;

namespace Agora.Hadoop.Examples;

/// <summary>Counts what a regular expression matches, most frequent first: a job that counts and one that sorts.</summary>
public sealed class Grep : ITool
{
    private const string Pattern = "mapred.mapper.regex", Group = "mapred.mapper.regex.group";

    public sealed class RegexMapper : Mapper<long, ReadOnlyMemory<byte>, string, long>
    {
        private Regex _regex = null!;
        private int _group;
        private char[] _line = new char[256];

        protected override void Setup(Context context)
        {
            _regex = new Regex(context.Configuration.Get(Pattern, ""), RegexOptions.Compiled | RegexOptions.CultureInvariant);
            _group = context.Configuration.GetInt(Group, 0);
        }

        protected override void Map(long key, ReadOnlyMemory<byte> value, Context context)
        {
            if (_line.Length < value.Length)
                _line = new char[value.Length * 2];
            var line = _line.AsSpan(0, System.Text.Encoding.UTF8.GetChars(value.Span, _line));
            if (_group == 0)
            {
                foreach (var match in _regex.EnumerateMatches(line))
                    context.Write(line.Slice(match.Index, match.Length).ToString(), 1);
                return;
            }
            foreach (Match match in _regex.Matches(line.ToString()))
                context.Write(match.Groups[_group].Value, 1);
        }
    }

    public sealed class DecreasingComparer : IComparer<long>
    {
        public int Compare(long x, long y) => y.CompareTo(x);
    }

    public int Run(JobConf conf, string[] args)
    {
        if (args.Length < 3)
        {
            Console.WriteLine("Grep <inDir> <outDir> <regex> [<group>]");
            return 255;
        }
        _ = new Regex(args[2]);
        var temporary = $"grep-temp-{Random.Shared.Next()}";
        try
        {
            var count = new JobConf(conf) { JobName = "grep-search" };
            count.Set(Pattern, args[2]);
            if (args.Length > 3)
                count.Set(Group, args[3]);
            count.SetInputPaths(args[0]);
            count.SetOutputPath(temporary);
            count.SetMapperClass<RegexMapper>();
            count.SetCombinerClass<LongSumReducer<string>>();
            count.SetReducerClass<LongSumReducer<string>>();
            count.SetOutputFormat<SequenceFileOutputFormat>();
            JobClient.RunJob(count);

            var sort = new JobConf(conf) { JobName = "grep-sort", NumReduceTasks = 1 };
            sort.SetInputPaths(temporary);
            sort.SetOutputPath(args[1]);
            sort.SetInputFormat<SequenceFileInputFormat>();
            sort.SetMapperClass<InverseMapper<string, long>>();
            sort.SetOutputKeyComparatorClass<DecreasingComparer>();
            JobClient.RunJob(sort);
            return 0;
        }
        finally
        {
            FileSystem.Get().Delete(temporary, recursive: true);
        }
    }
}
