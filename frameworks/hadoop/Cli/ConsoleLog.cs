namespace Agora.Hadoop.Cli;

/// <summary>Lines on standard error as Hadoop 1's log4j writes them, which programs parse.</summary>
internal static class ConsoleLog
{
    public static void Info(string logger, string message) => Write("INFO", logger, message);
    public static void Warn(string logger, string message) => Write("WARN", logger, message);
    public static void Error(string logger, string message) => Write("ERROR", logger, message);

    private static void Write(string level, string logger, string message) =>
        Console.Error.WriteLine($"{TimeProvider.System.GetLocalNow():yy/MM/dd HH:mm:ss} {level} {logger}: {message}");
}
