using System.Text;

namespace Agora.Torque.Cli.Submit;

/// <summary>The script of a job, from where the command line says.</summary>
/// <param name="Name">The job's, where no other is given.</param>
/// <param name="Bytes">As they are; the server gets these.</param>
/// <param name="HasDirectives">They are to be looked for in it.</param>
internal sealed record ScriptSource(string Name, byte[] Bytes, bool HasDirectives)
{
    private const string NameOfInput = "STDIN";

    /// <summary>How far it is looked whether a script is text.</summary>
    private const int LookBytes = 4096;

    /// <summary>For the directives.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <exception cref="CommandFailure">It cannot be read, or is no script.</exception>
    public static ScriptSource Read(QsubOptions options, CommandContext context)
    {
        if (options.Program is { } program)
        {
            var words = string.Join(' ', program.Select(ShellWords.Quote));
            return new ScriptSource(Path.GetFileName(program[0]), Encoding.UTF8.GetBytes($"#!/bin/sh\nexec {words}\n"), false);
        }
        if (options.Operands is [var file] && file != "-")
            return new ScriptSource(Path.GetFileName(file), ReadFile(file), true);
        if (options.IsInteractive)
            return new ScriptSource(NameOfInput, [], false);
        var input = new MemoryStream();
        using var from = context.OpenInput();
        from.CopyTo(input);
        return new ScriptSource(NameOfInput, input.ToArray(), true);
    }

    private static byte[] ReadFile(string file)
    {
        if (Directory.Exists(file))
            throw new CommandFailure(1, "qsub: script not a file");
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(1, $"qsub: script file '{file}' cannot be loaded - {Reason(e)}");
        }
        var head = bytes.AsSpan(0, Math.Min(bytes.Length, LookBytes));
        if (head.IndexOf((byte)0) >= 0 || head.StartsWith("\x7f\x45LF"u8))
            throw new CommandFailure(1, "qsub:  file must be an ascii script");
        if (HasDosLines(bytes))
            throw new CommandFailure(1, "qsub:  script is written in DOS/Windows text format");
        return bytes;
    }

    /// <summary>By the first line: a later one that ends so may be meant, as part of what the script writes.</summary>
    private static bool HasDosLines(ReadOnlySpan<byte> script)
    {
        var end = script.IndexOf((byte)'\n');
        return end > 0 && script[end - 1] == '\r';
    }

    private static string Reason(Exception e) => e switch
    {
        UnauthorizedAccessException => "Permission denied",
        FileNotFoundException or DirectoryNotFoundException => "No such file or directory",
        PathTooLongException => "File name too long",
        _ => e.Message,
    };
}
