using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Agora.Daemon.Files;

/// <summary>
/// A directory as JSON: <c>{"path", "entries": [{"name", "kind": "file|directory|other", "size", "modified"}],
/// "truncated"}</c>; sizes in bytes, entries sorted by name.
/// </summary>
internal static class FileListing
{
    public static byte[] Write(string path, SafeFileHandle directory, int entriesMax)
    {
        // Through the open descriptor, so that it is surely the directory that was checked.
        var names = Directory.EnumerateFileSystemEntries($"/proc/self/fd/{directory.DangerousGetHandle()}", "*",
                new EnumerationOptions { AttributesToSkip = 0 })
            .Select(p => Path.GetFileName(p)).Take(entriesMax + 1).ToList();
        var truncated = names.Count > entriesMax;
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("path", path);
            json.WriteStartArray("entries");
            foreach (var name in names.Take(entriesMax).Order(StringComparer.Ordinal))
            {
                if (RootedDirectory.Facts(directory, name) is not { } facts)
                    continue; // Gone meanwhile.
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteString("kind", Word(facts.Kind));
                json.WriteNumber("size", facts.Kind == FileKind.File ? facts.Length : 0);
                json.WriteString("modified", facts.Modified);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteBoolean("truncated", truncated);
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    private static string Word(FileKind kind) => kind switch
    {
        FileKind.File => "file",
        FileKind.Directory => "directory",
        FileKind.Other => "other",
    };
}
