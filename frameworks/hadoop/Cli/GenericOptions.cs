using System.Xml;
using System.Xml.Linq;

namespace Agora.Hadoop.Cli;

/// <summary>The options that every Hadoop command takes before its own.</summary>
internal sealed class GenericOptions
{
    private GenericOptions(Dictionary<string, string> properties, string[] rest)
    {
        Properties = properties;
        Rest = rest;
    }

    public IReadOnlyDictionary<string, string> Properties { get; }

    /// <summary>What comes after them.</summary>
    public string[] Rest { get; }

    /// <summary>What <c>-fs</c> or the property for it names; null for the cluster's own store.</summary>
    public string? FileSystem => Properties.GetValueOrDefault("fs.defaultFS") ?? Properties.GetValueOrDefault("fs.default.name");

    /// <exception cref="FormatException">An option lacks its value, or a file of properties cannot be read.</exception>
    public static GenericOptions Parse(string[] args)
    {
        var given = new Dictionary<string, string>();
        var properties = new Dictionary<string, string>();
        for (var at = 0; at < args.Length; at++)
        {
            var arg = args[at];
            if (arg.StartsWith("-D", StringComparison.Ordinal) && arg.Length > 2)
            {
                Set(given, arg[2..]);
                continue;
            }
            if (arg is not ("-D" or "-fs" or "-conf" or "-jt" or "-files" or "-libjars" or "-archives"))
                return Done(args[at..]);
            if (at + 1 == args.Length)
                throw new FormatException($"{arg} needs a value");
            var value = args[++at];
            if (arg == "-D")
                Set(given, value);
            else if (arg == "-fs")
                given["fs.defaultFS"] = value;
            else if (arg == "-conf")
                Read(value, properties);
        }
        return Done([]);

        // What the command line says wins over files.
        GenericOptions Done(string[] rest)
        {
            foreach (var (name, value) in given)
                properties[name] = value;
            return new GenericOptions(properties, rest);
        }
    }

    private static void Set(Dictionary<string, string> properties, string pair)
    {
        var equals = pair.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            throw new FormatException($"-D {pair} is not written as name=value");
        properties[pair[..equals]] = pair[(equals + 1)..];
    }

    private static void Read(string path, Dictionary<string, string> properties)
    {
        try
        {
            foreach (var property in XDocument.Load(path).Descendants("property"))
                if ((string?)property.Element("name") is { } name && (string?)property.Element("value") is { } value)
                    properties[name.Trim()] = value.Trim();
        }
        catch (Exception e) when (e is IOException or XmlException or UnauthorizedAccessException)
        {
            throw new FormatException($"-conf {path} cannot be read: {e.Message}", e);
        }
    }
}
