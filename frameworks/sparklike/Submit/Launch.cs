using System.Runtime.InteropServices;
using System.Text.Json;

namespace Agora.Spark.Submit;

/// <summary>Becomes the user's program, with what was said about it in its environment.</summary>
internal static partial class Launch
{
    /// <summary>Holds the properties, as a JSON object.</summary>
    public const string Properties = "AGORA_SPARK_PROPERTIES";

    /// <summary>Holds the directory in which Agora is installed.</summary>
    public const string Home = "AGORA_SPARK_HOME";

    /// <summary>Bounds the memory of a .NET program; read when it starts.</summary>
    public const string HeapLimit = "DOTNET_GCHeapHardLimit";

    /// <returns>The arguments of the process to become, its program first.</returns>
    /// <exception cref="SubmitException">There is no such program, or it is none.</exception>
    public static IReadOnlyList<string> CommandOf(string application, IReadOnlyList<string> arguments)
    {
        if (!File.Exists(application))
            throw new SubmitException($"the program {application} does not exist; build it, and name its .dll");
        if (application.EndsWith(".cs", StringComparison.OrdinalIgnoreCase))
            return ["dotnet", "run", application, "--", .. arguments];
        if (!application.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
        {
            return (File.GetUnixFileMode(application) & UnixFileMode.UserExecute) != 0 ? [Path.GetFullPath(application), .. arguments]
                : throw new SubmitException($"{application} is no .NET assembly (.dll), source file (.cs) or executable");
        }
        if (!File.Exists(Path.ChangeExtension(application, ".runtimeconfig.json")))
            throw new SubmitException($"{application} is a library, not a program: there is no {Path.GetFileNameWithoutExtension(application)}.runtimeconfig.json beside it");
        return ["dotnet", application, .. arguments];
    }

    /// <summary>Of a size as Spark writes it: <c>512m</c>, <c>2g</c>; without a letter, mebibytes.</summary>
    /// <exception cref="SubmitException">It is no size.</exception>
    public static long BytesOf(string size)
    {
        var digits = size.TrimEnd('b', 'B', 'k', 'K', 'm', 'M', 'g', 'G', 't', 'T');
        var shift = size[digits.Length..].ToUpperInvariant() switch
        {
            "B" => 0,
            "K" or "KB" => 10,
            "" or "M" or "MB" => 20,
            "G" or "GB" => 30,
            "T" or "TB" => 40,
            _ => -1,
        };
        return shift >= 0 && long.TryParse(digits, out var number) && number > 0 ? number << shift
            : throw new SubmitException($"'{size}' is no size; write it as 512m or 2g");
    }

    /// <summary>Does not return, unless the program cannot be started.</summary>
    public static unsafe int Become(IReadOnlyList<string> command, Submission submission, IReadOnlyDictionary<string, string> properties, string home)
    {
        Environment.SetEnvironmentVariable(Properties, Json(properties));
        Environment.SetEnvironmentVariable(Home, home);
        if (submission.DriverMemory is { } memory)
            Environment.SetEnvironmentVariable(HeapLimit, BytesOf(memory).ToString("X"));
        List<nint> texts = [];
        nint[] Vector(IEnumerable<string> words)
        {
            nint[] vector = [.. words.Select(Marshal.StringToCoTaskMemUTF8), 0];
            texts.AddRange(vector);
            return vector;
        }
        var environment = Environment.GetEnvironmentVariables();
        var variables = Vector(environment.Keys.Cast<string>().Select(k => $"{k}={environment[k]}"));
        fixed (nint* arguments = Vector(command), names = variables)
            _ = execvpe(command[0], arguments, names);
        var error = Marshal.GetLastPInvokeErrorMessage();
        texts.ForEach(Marshal.FreeCoTaskMem);
        throw new SubmitException($"{command[0]} cannot be started: {error}" + (command[0] == "dotnet" ? "; is .NET installed, and on the PATH?" : ""));
    }

    private static string Json(IReadOnlyDictionary<string, string> properties)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            foreach (var (key, value) in properties)
                json.WriteString(key, value);
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int execvpe(string file, nint* arguments, nint* environment);
}
