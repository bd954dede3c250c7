using Agora.MapReduce;

namespace Agora.Hadoop.Examples;

/// <summary>Counts the words of text, which are what blanks separate.</summary>
public sealed class WordCount : ITool
{
    public sealed class TokenizerMapper : Mapper<long, ReadOnlyMemory<byte>, ReadOnlyMemory<byte>, long>
    {
        protected override void Map(long key, ReadOnlyMemory<byte> value, Context context)
        {
            var line = value.Span;
            for (var start = 0; start < line.Length;)
            {
                var end = line[start..].IndexOfAny(" \t\n\r\f"u8) is var at and >= 0 ? start + at : line.Length;
                if (end > start)
                    context.Write(value[start..end], 1);
                start = end + 1;
            }
        }
    }

    public int Run(JobConf conf, string[] args)
    {
        if (args.Length != 2)
        {
            Console.Error.WriteLine("Usage: wordcount <in> <out>");
            return 2;
        }
        conf.SetJobName("word count");
        conf.SetMapperClass<TokenizerMapper>();
        conf.SetCombinerClass<LongSumReducer<ReadOnlyMemory<byte>>>();
        conf.SetReducerClass<LongSumReducer<ReadOnlyMemory<byte>>>();
        conf.SetInputPaths(args[0]);
        conf.SetOutputPath(args[1]);
        JobClient.RunJob(conf);
        return 0;
    }
}
