using System.Diagnostics;

namespace Agora.Spark;

/// <summary>A line of the user's program.</summary>
/// <param name="Method">Which method of Agora's was called there, such as <c>Map</c>.</param>
/// <param name="File">Name of the source file without its directory; empty where the program has no symbols.</param>
public sealed record CallSite(string Method, string File, int Line)
{
    /// <summary>The nearest caller outside this assembly.</summary>
    internal static CallSite OfUser()
    {
        var method = "?";
        var trace = new StackTrace(1, fNeedFileInfo: true);
        for (var i = 0; i < trace.FrameCount; i++)
        {
            var frame = trace.GetFrame(i)!;
            if (frame.GetMethod() is not { } called)
                continue;
            if (called.DeclaringType?.Assembly != typeof(CallSite).Assembly)
                return new CallSite(method, Path.GetFileName(frame.GetFileName()) ?? "", frame.GetFileLineNumber());
            if (!called.IsConstructor && !called.Name.StartsWith('<'))
                method = called.Name;
        }
        return new CallSite(method, "", 0);
    }

    public override string ToString() => File.Length > 0 ? $"{Method} at {File}:{Line}" : Method;
}
