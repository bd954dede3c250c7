using System.Text;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks.Forms;

namespace Agora.Hadoop.Tasks.Output;

/// <summary>Makes the output that a job's properties name.</summary>
internal static class RecordOutputs
{
    /// <summary>Opens this attempt's part of the job's output, to be moved into place when it is committed.</summary>
    /// <exception cref="AttemptFailedException">The format or the codec is not known.</exception>
    public static IRecordOutput Open(AttemptContext context)
    {
        var conf = context.Conf;
        if (StreamingClasses.Means(conf[JobConf.OutputFormat], StreamingClasses.NullOutput))
            return Directory(context, new NullOutput());
        return conf[JobConf.LazyOutput] is null ? Part(context)
            : Directory(context, new LazyOutput(() => Part(context)));
    }

    /// <summary>Opens the attempt's part file alone.</summary>
    /// <param name="isText">Text is compressed as a whole if the job says so; other formats are not.</param>
    public static PartFile OpenFile(AttemptContext context, bool isText)
    {
        var name = OutputPaths.PartName(context.Id.Task.Index);
        var codec = isText && context.Conf.Bool(JobConf.CompressOutput) ? context.Conf.Text(JobConf.OutputCodec) : null;
        return new PartFile(context, codec is null ? name : name + Codec.SuffixOf(codec), codec);
    }

    /// <summary>The attempt's directory, whose presence tells the commit that an output without files is meant so.</summary>
    private static IRecordOutput Directory(AttemptContext context, IRecordOutput output)
    {
        var path = context.Stores.Find(context.Conf.Text(JobConf.OutputPath));
        path.Store.MakeDirectoriesAsync(OutputPaths.OfAttempt(path.Path, context.Id), context.Stop).GetAwaiter().GetResult();
        return output;
    }

    private static IRecordOutput Part(AttemptContext context)
    {
        var conf = context.Conf;
        var form = context.OutputForm;
        if (StreamingClasses.Means(conf[JobConf.OutputFormat], StreamingClasses.SequenceFileOutput))
            return new SequenceFileOutput(OpenFile(context, isText: false), form);
        var file = OpenFile(context, isText: true);
        if (form == RecordForm.KeyOnlyText)
            return new KeyOnlyTextOutput(file);
        var text = new TextRecordOutput(file, Encoding.UTF8.GetBytes(conf.Text(JobConf.TextOutputSeparator)));
        return form.IsText() ? text : new FormTextOutput(text, form);
    }
}
