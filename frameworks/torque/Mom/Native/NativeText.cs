using System.Runtime.InteropServices;
using System.Text;

namespace Agora.Torque.Mom.Native;

/// <summary>Zero-ended UTF-8 copies of strings for the C library, freed together.</summary>
internal sealed unsafe class NativeText : IDisposable
{
    private readonly List<nint> _blocks = [];

    public byte* Of(string text)
    {
        var size = Encoding.UTF8.GetByteCount(text);
        var block = Allocate(size + 1);
        Encoding.UTF8.GetBytes(text, new Span<byte>(block, size));
        block[size] = 0;
        return block;
    }

    /// <summary>A vector as execve wants it: pointers, then null.</summary>
    public byte** Of(IReadOnlyList<string> texts)
    {
        var vector = (byte**)Allocate((texts.Count + 1) * sizeof(byte*));
        for (var i = 0; i < texts.Count; i++)
            vector[i] = Of(texts[i]);
        vector[texts.Count] = null;
        return vector;
    }

    public void Dispose()
    {
        foreach (var block in _blocks)
            NativeMemory.Free((void*)block);
        _blocks.Clear();
    }

    private byte* Allocate(int size)
    {
        var block = (byte*)NativeMemory.Alloc((nuint)size);
        _blocks.Add((nint)block);
        return block;
    }
}
