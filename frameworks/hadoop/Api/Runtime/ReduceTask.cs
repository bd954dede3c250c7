using System.Collections;

namespace Agora.MapReduce;

/// <summary>Runs a reducer over sorted records.</summary>
internal abstract class ReduceTask
{
    public long InputRecords { get; protected set; }
    public long InputGroups { get; protected set; }
    public long OutputRecords { get; protected set; }

    /// <param name="grouping">Null groups keys of the same bytes.</param>
    public abstract void Run(ITaskHost host, ISortedRecords input, IRawComparer? grouping, Stream file);

    /// <summary>As a combiner.</summary>
    public abstract void Run(ITaskHost host, ISortedRecords input, IRawComparer? grouping, IRecordSink output);
}

internal sealed class ReduceTask<KIn, VIn, KOut, VOut>(Reducer<KIn, VIn, KOut, VOut> reducer, OutputFormat format) : ReduceTask
{
    public override void Run(ITaskHost host, ISortedRecords input, IRawComparer? grouping, Stream file)
    {
        var writer = format.Create<KOut, VOut>(file, host.Conf);
        reducer.Run(new Context(this, host, input, grouping, writer.Write));
        writer.Complete();
    }

    public override void Run(ITaskHost host, ISortedRecords input, IRawComparer? grouping, IRecordSink output)
    {
        var keys = Codecs.Of<KOut>(host.Conf);
        var values = Codecs.Of<VOut>(host.Conf);
        var (keyBytes, valueBytes) = (new ByteBuffer(), new ByteBuffer());
        reducer.Run(new Context(this, host, input, grouping, (key, value) =>
        {
            keyBytes.Clear();
            keys.Write(key, keyBytes);
            valueBytes.Clear();
            values.Write(value, valueBytes);
            output.Write(-1, keyBytes.Span, valueBytes.Span);
        }));
    }

    private sealed class Context(
        ReduceTask<KIn, VIn, KOut, VOut> task, ITaskHost host, ISortedRecords input, IRawComparer? grouping,
        Action<KOut, VOut> output) : Reducer<KIn, VIn, KOut, VOut>.Context(host), IEnumerable<VIn>, IEnumerator<VIn>
    {
        private enum At
        {
            /// <summary>Nothing has been read.</summary>
            Start,

            /// <summary>The record read last begins a group that has not been asked for.</summary>
            Ahead,

            /// <summary>The record read last is the group's first, and has not been given out.</summary>
            First,
            Inside,
            End,
        }

        private readonly ICodec<KIn> _keys = Codecs.Of<KIn>(host.Conf);
        private readonly ICodec<VIn> _values = Codecs.Of<VIn>(host.Conf);
        private byte[] _group = new byte[256];
        private int _groupLength;
        private At _at;
        private bool _enumerated;

        public override KIn CurrentKey => _keys.Read(_at is At.First or At.Inside ? input.Key : _group.AsSpan(0, _groupLength));
        public override IEnumerable<VIn> Values => this;
        public VIn Current => _values.Read(input.Value);
        object? IEnumerator.Current => Current;

        public override void Write(KOut key, VOut value)
        {
            output(key, value);
            task.OutputRecords++;
        }

        public override bool NextKey()
        {
            Host.Stop.ThrowIfCancellationRequested();
            if (_at == At.Start)
                _at = Read() ? At.Ahead : At.End;
            // A reducer need not have read all values.
            while (_at is At.First or At.Inside)
                MoveNext();
            if (_at == At.End)
                return false;
            var key = input.Key;
            if (_group.Length < key.Length)
                _group = new byte[key.Length * 2L > Array.MaxLength ? key.Length : key.Length * 2];
            key.CopyTo(_group);
            _groupLength = key.Length;
            _at = At.First;
            _enumerated = false;
            task.InputGroups++;
            return true;
        }

        public bool MoveNext()
        {
            if (_at == At.First)
            {
                _at = At.Inside;
                return true;
            }
            if (_at != At.Inside)
                return false;
            if (!Read())
                _at = At.End;
            else if (!IsSameGroup())
                _at = At.Ahead;
            return _at == At.Inside;
        }

        public IEnumerator<VIn> GetEnumerator()
        {
            if (_enumerated)
                throw new InvalidOperationException("the values of a key can be gone through once; keep what is needed again");
            _enumerated = true;
            return this;
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
        public void Reset() => throw new NotSupportedException();

        public void Dispose()
        {
        }

        private bool IsSameGroup() => grouping is null
            ? input.Key.SequenceEqual(_group.AsSpan(0, _groupLength))
            : grouping.Compare(_group.AsSpan(0, _groupLength), input.Key) == 0;

        private bool Read()
        {
            if (!input.Next())
                return false;
            task.InputRecords++;
            return true;
        }
    }
}
