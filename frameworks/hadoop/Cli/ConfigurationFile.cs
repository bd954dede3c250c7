using System.Xml;
using System.Xml.Linq;
using Agora.Hadoop.Jobs;

namespace Agora.Hadoop.Cli;

/// <summary>Hadoop's XML of properties, as <c>-conf</c> names it.</summary>
internal static class ConfigurationFile
{
    /// <summary>Adds what the <c>-conf</c> files say; options of the command line win.</summary>
    public static CommandLineProblem? ReadInto(StreamingCommandLine line)
    {
        foreach (var path in line.ConfFiles)
        {
            try
            {
                foreach (var property in XDocument.Load(path).Descendants("property"))
                {
                    if ((string?)property.Element("name") is { } name && (string?)property.Element("value") is { } value &&
                        !line.Conf.ContainsKey(JobConf.Canonical(name.Trim())))
                        line.Set(name.Trim(), value.Trim());
                }
            }
            catch (Exception e) when (e is IOException or XmlException or UnauthorizedAccessException)
            {
                return new CommandLineProblem($"-conf {path} cannot be read: {e.Message}", false, false);
            }
        }
        return null;
    }
}
