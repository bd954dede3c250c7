namespace Agora.MapReduce;

/// <summary>Runs a mapper over one split.</summary>
internal abstract class MapTask
{
    public long InputRecords { get; protected set; }
    public long OutputRecords { get; protected set; }

    /// <param name="progress">Called now and then with what has been read.</param>
    public abstract void Run(
        ITaskHost host, RecordReader input, FileSplit? split, Action<long> progress, IRecordSink output, int partitions);

    /// <summary>For a job without reduces.</summary>
    public abstract void Run(
        ITaskHost host, RecordReader input, FileSplit? split, Action<long> progress, Stream file);
}

internal sealed class MapTask<KIn, VIn, KOut, VOut>(Mapper<KIn, VIn, KOut, VOut> mapper, OutputFormat format) : MapTask
{
    private const int RecordsPerReport = 1024;

    public override void Run(
        ITaskHost host, RecordReader input, FileSplit? split, Action<long> progress, IRecordSink output, int partitions) =>
        mapper.Run(new SortedContext(this, host, input, split, progress, output, partitions));

    public override void Run(
        ITaskHost host, RecordReader input, FileSplit? split, Action<long> progress, Stream file)
    {
        var writer = format.Create<KOut, VOut>(file, host.Conf);
        mapper.Run(new DirectContext(this, host, input, split, progress, writer));
        writer.Complete();
    }

    private abstract class Context(
        MapTask<KIn, VIn, KOut, VOut> task, ITaskHost host, RecordReader input, FileSplit? split, Action<long> progress)
        : Mapper<KIn, VIn, KOut, VOut>.Context(host)
    {
        private readonly ICodec<KIn> _keys = Codecs.Of<KIn>(host.Conf);
        private readonly ICodec<VIn> _values = Codecs.Of<VIn>(host.Conf);

        public override KIn CurrentKey => _keys.Read(input.Key);
        public override VIn CurrentValue => _values.Read(input.Value);
        public override FileSplit? InputSplit => split;

        public override bool NextKeyValue()
        {
            if (!input.Next())
                return false;
            if (++task.InputRecords % RecordsPerReport == 0)
            {
                Host.Stop.ThrowIfCancellationRequested();
                progress(input.Position);
            }
            return true;
        }
    }

    private sealed class DirectContext(
        MapTask<KIn, VIn, KOut, VOut> task, ITaskHost host, RecordReader input, FileSplit? split, Action<long> progress,
        RecordWriter<KOut, VOut> writer) : Context(task, host, input, split, progress)
    {
        private readonly MapTask<KIn, VIn, KOut, VOut> _task = task;

        public override void Write(KOut key, VOut value)
        {
            writer.Write(key, value);
            _task.OutputRecords++;
        }
    }

    private sealed class SortedContext : Context
    {
        private readonly MapTask<KIn, VIn, KOut, VOut> _task;
        private readonly IRecordSink _output;
        private readonly int _partitions;
        private readonly Partitioner<KOut, VOut>? _partitioner;
        private readonly ICodec<KOut> _keys;
        private readonly ICodec<VOut> _values;
        private readonly ByteBuffer _key = new(), _value = new();

        public SortedContext(
            MapTask<KIn, VIn, KOut, VOut> task, ITaskHost host, RecordReader input, FileSplit? split,
            Action<long> progress, IRecordSink output, int partitions) : base(task, host, input, split, progress)
        {
            _task = task;
            _output = output;
            _partitions = partitions;
            _keys = Codecs.Of<KOut>(host.Conf);
            _values = Codecs.Of<VOut>(host.Conf);
            if (host.Conf.GetClass(JobConf.PartitionerClass) is not { } named)
                return;
            _partitioner = (Partitioner<KOut, VOut>)Activator.CreateInstance(named)!;
            _partitioner.Configure(host.Conf, host.WorkDirectory);
        }

        public override void Write(KOut key, VOut value)
        {
            var partition = -1;
            if (_partitioner is not null)
            {
                partition = _partitioner.GetPartition(key, value, _partitions);
                if ((uint)partition >= (uint)_partitions)
                    throw new InvalidOperationException(
                        $"Illegal partition for {key} ({partition}): {_partitioner.GetType()} must say 0 to {_partitions - 1}");
            }
            _key.Clear();
            _keys.Write(key, _key);
            _value.Clear();
            _values.Write(value, _value);
            _output.Write(partition, _key.Span, _value.Span);
            _task.OutputRecords++;
        }
    }
}
