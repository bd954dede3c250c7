using System.Text;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks.Forms;
using Agora.Storage;

namespace Agora.Hadoop.Tasks.Input;

/// <summary>Opens a split as the job's input format has it.</summary>
internal static class RecordSources
{
    /// <param name="form">What the records are to be.</param>
    /// <exception cref="FileNotFoundException">The split's file is gone.</exception>
    /// <exception cref="AttemptFailedException">The format is not known, or lacks what it needs.</exception>
    public static IRecordSource Open(JobConf conf, InputSplit split, Stores stores, RecordForm form)
    {
        if (StreamingClasses.Means(conf[JobConf.InputFormat], StreamingClasses.SequenceFileAsTextInput))
            return InForm(OpenSequenceFile(stores.Find(split.Path), split, RecordForm.Text), form);
        return StreamingClasses.Means(conf[JobConf.InputFormat], StreamingClasses.SequenceFileInput) ||
            (StreamingClasses.Means(conf[JobConf.InputFormat], StreamingClasses.AutoInput) &&
             SequenceFileSource.IsSequenceFile(stores.Find(split.Path)))
            ? OpenSequenceFile(stores.Find(split.Path), split, form) : InForm(OpenText(conf, split, stores), form);
    }

    private static SequenceFileSource OpenSequenceFile(StoredPath file, InputSplit split, RecordForm form) =>
        new(new SplitStream(file, split, 0), split, form);

    private static IRecordSource InForm(IRecordSource text, RecordForm form) => form.IsText() ? text : new FormSource(text, form);

    private static IRecordSource OpenText(JobConf conf, InputSplit split, Stores stores)
    {
        var file = stores.Find(split.Path);
        var format = StreamingClasses.Find(conf[JobConf.InputFormat] ?? StreamingClasses.TextInput, StreamingClasses.InputFormats);
        if (format == StreamingClasses.StreamInput)
            return OpenXml(conf, split, file);
        var lines = new SplitReader(file, split, Encoding.UTF8.GetBytes(conf.Text(JobConf.RecordDelimiter)));
        return format switch
        {
            StreamingClasses.KeyValueTextInput => new KeyValueTextSource(lines, split.Length,
                Encoding.UTF8.GetBytes(conf["key.value.separator.in.input.line"] ?? "\t") is [var first, ..] ? first : (byte)'\t'),
            StreamingClasses.TextInput or StreamingClasses.NLineInput or StreamingClasses.CombineTextInput or
                StreamingClasses.AutoInput =>
                new TextSource(lines, split.Length, givesLines: conf.Text(JobConf.RecordDelimiter).Length == 0),
            _ => throw new AttemptFailedException($"the input format {conf[JobConf.InputFormat]} is not known"),
        };
    }

    private static XmlSource OpenXml(JobConf conf, InputSplit split, StoredPath file)
    {
        if (conf[JobConf.RecordReaderPrefix + "begin"] is not { Length: > 0 } begin ||
            conf[JobConf.RecordReaderPrefix + "end"] is not { Length: > 0 } end)
            throw new AttemptFailedException(
                "StreamXmlRecordReader needs to know where records begin and end: -inputreader StreamXmlRecordReader,begin=…,end=…");
        return new XmlSource(new SplitStream(file, split, split.Offset), split.Length,
            Encoding.UTF8.GetBytes(begin), Encoding.UTF8.GetBytes(end));
    }
}
