using System.Text.Json;

namespace Agora.Spark.Driver;

/// <summary>What <c>spark-submit</c> said of the program it became.</summary>
internal static class Settings
{
    /// <summary>Holds properties, as a JSON object.</summary>
    public const string Properties = "AGORA_SPARK_PROPERTIES";

    /// <summary>Holds the directory in which Agora is installed.</summary>
    public const string Home = "AGORA_SPARK_HOME";

    /// <summary>A copy of what the program set, with what was set around it.</summary>
    public static SparkConf Complete(SparkConf conf)
    {
        var all = conf.Clone();
        if (Environment.GetEnvironmentVariable(Properties) is { Length: > 0 } text)
        {
            foreach (var (key, value) in FromJson(text))
                all.SetIfMissing(key, value);
        }
        all.SetIfMissing("spark.app.name", System.Reflection.Assembly.GetEntryAssembly()?.GetName().Name ?? "application");
        return all.SetIfMissing("spark.master", "local[*]");
    }

    public static IReadOnlyDictionary<string, string> FromJson(string text) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(text) ?? [];

    public static string ToJson(SparkConf conf) => JsonSerializer.Serialize(conf.GetAll().ToDictionary());
}
