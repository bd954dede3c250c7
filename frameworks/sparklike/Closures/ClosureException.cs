namespace Agora.Spark.Closures;

/// <summary>
/// A function cannot be shipped to executors, or what was shipped cannot be read there. The message says which captured
/// variable it is, why, and what to do.
/// </summary>
public sealed class ClosureException : InvalidOperationException
{
    public ClosureException(string message, string path = "", Exception? inner = null) : base(message, inner) => Path = path;

    public ClosureException() : this("a function cannot be shipped")
    {
    }

    public ClosureException(string message) : this(message, "")
    {
    }

    public ClosureException(string message, Exception inner) : this(message, "", inner)
    {
    }

    /// <summary>The way from the function to the object that is at fault, as <c>&lt;target&gt;.writer</c>.</summary>
    public string Path { get; }
}
