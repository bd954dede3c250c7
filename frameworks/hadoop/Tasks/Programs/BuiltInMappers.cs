using System.Text;
using System.Text.RegularExpressions;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks.Input;

namespace Agora.Hadoop.Tasks.Programs;

/// <summary>Gives the value as key and the key as value.</summary>
internal sealed class InverseMapper : IMapProgram
{
    public void Run(IRecordSource input, RecordHandler output)
    {
        while (input.Next())
            output(input.Value, input.Key);
    }
}

/// <summary>Gives each match of <c>mapred.mapper.regex</c>, or its group <c>mapred.mapper.regex.group</c>, with a 1.</summary>
internal sealed class RegexMapper : IMapProgram
{
    private readonly Regex _pattern;
    private readonly int _group;

    /// <exception cref="AttemptFailedException">There is no pattern, or it is none.</exception>
    public RegexMapper(JobConf conf)
    {
        try
        {
            _pattern = new Regex(conf["mapred.mapper.regex"]
                ?? throw new AttemptFailedException("RegexMapper needs a pattern: -D mapred.mapper.regex=…"),
                RegexOptions.CultureInvariant | RegexOptions.Compiled);
        }
        catch (ArgumentException e)
        {
            throw new AttemptFailedException($"mapred.mapper.regex is not a regular expression: {e.Message}");
        }
        _group = int.TryParse(conf["mapred.mapper.regex.group"], out var group) ? group : 0;
    }

    public void Run(IRecordSource input, RecordHandler output)
    {
        while (input.Next())
            for (var match = _pattern.Match(Encoding.UTF8.GetString(input.Value)); match.Success; match = match.NextMatch())
                output(Encoding.UTF8.GetBytes(match.Groups[_group].Value), "1"u8);
    }
}

/// <summary>Gives each word of the value, as blanks, tabs and line ends separate them, with a 1.</summary>
internal sealed class TokenCountMapper : IMapProgram
{
    public void Run(IRecordSource input, RecordHandler output)
    {
        while (input.Next())
        {
            var rest = input.Value;
            while ((rest = rest.TrimStart(" \t\n\r\f"u8)).Length > 0)
            {
                var end = rest.IndexOfAny(" \t\n\r\f"u8);
                output(end < 0 ? rest : rest[..end], "1"u8);
                rest = end < 0 ? default : rest[end..];
            }
        }
    }
}
