using System.Diagnostics;
using System.Reflection;

namespace Agora.Spark;

/// <summary>Turns a task's exception into what its user is shown.</summary>
internal static class TaskErrors
{
    private const int FramesMax = 30;

    public static TaskError Of(Exception exception)
    {
        var cause = exception;
        while (cause is AggregateException or TargetInvocationException or TypeInitializationException && cause.InnerException is { } inner)
            cause = inner;
        return new TaskError(cause.GetType().FullName ?? cause.GetType().Name, cause.Message, Frames(cause), FailedRecord.Of(exception));
    }

    /// <summary>The user's own; all there are if none is.</summary>
    private static IReadOnlyList<string> Frames(Exception exception)
    {
        var frames = new StackTrace(exception, fNeedFileInfo: true).GetFrames();
        IReadOnlyList<string> own = [.. frames.Where(IsUsers).Take(FramesMax).Select(Text)];
        return own.Count > 0 ? own : [.. frames.Take(FramesMax).Select(Text)];
    }

    private static bool IsUsers(StackFrame frame) =>
        frame.GetMethod()?.DeclaringType?.Assembly is { } assembly && assembly != typeof(RDD).Assembly &&
        assembly != typeof(object).Assembly &&
        assembly.GetName().Name?.StartsWith("System.", StringComparison.Ordinal) is false;

    private static string Text(StackFrame frame)
    {
        var method = frame.GetMethod();
        var name = method is null ? "?" : $"{method.DeclaringType?.FullName}.{method.Name}";
        return frame.GetFileName() is { } file ? $"{name} in {Path.GetFileName(file)}:{frame.GetFileLineNumber()}" : name;
    }
}
