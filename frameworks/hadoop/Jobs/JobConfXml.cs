using System.Xml.Linq;

namespace Agora.Hadoop.Jobs;

/// <summary>A job's properties, defaults included, in the form of Hadoop's <c>job.xml</c>.</summary>
public static class JobConfXml
{
    public static string Of(JobConf conf)
    {
        var properties = new SortedDictionary<string, string>(
            JobConfDefaults.Values.ToDictionary(v => v.Key, v => v.Value), StringComparer.Ordinal);
        foreach (var (name, value) in conf.Set)
            properties[name] = value;
        var xml = new XElement("configuration", properties.Select(p =>
            new XElement("property", new XElement("name", p.Key), new XElement("value", Printable(p.Value)))));
        return $"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>{xml.ToString(SaveOptions.DisableFormatting)}\n";
    }

    /// <summary>XML has no place for other control characters.</summary>
    private static string Printable(string value) =>
        string.Concat(value.Where(c => c >= ' ' || c is '\t' or '\n' or '\r'));
}
