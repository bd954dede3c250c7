using System.Text;

namespace Agora.Workloads.Fuzz;

/// <summary>Changes inputs a little: bytes, runs of bytes, words that mean something, parts of two inputs.</summary>
internal sealed class Mutator(Random random, IReadOnlyList<string> words)
{
    private const int LengthMax = 4096, ChangesMax = 6;

    private static readonly byte[] Telling = [0, 1, 9, 10, 13, 32, 0x22, 0x25, 0x27, 0x2c, 0x2d, 0x2f, 0x3a, 0x3d, 0x5b, 0x5c, 0x7f, 0x80, 0xc3, 0xff];
    private static readonly string[] Numbers = ["0", "-1", "1e9", "2147483648", "-9223372036854775808", "99999999999999999999", "0.0000000001", "NaN", "٣"];

    public byte[] Change(byte[] input, IReadOnlyList<byte[]> others)
    {
        var bytes = new List<byte>(input);
        for (var left = random.Next(1, ChangesMax + 1); left > 0; left--)
            Once(bytes, others);
        if (bytes.Count > LengthMax)
            bytes.RemoveRange(LengthMax, bytes.Count - LengthMax);
        return [.. bytes];
    }

    private void Once(List<byte> bytes, IReadOnlyList<byte[]> others)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(random.Next(1, 17), bytes.Count - at);
        switch (random.Next(9))
        {
            case 0 when at < bytes.Count: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 1 when at < bytes.Count: bytes[at] = Telling[random.Next(Telling.Length)]; break;
            case 2: bytes.Insert(at, (byte)random.Next(256)); break;
            case 3: bytes.RemoveRange(at, length); break;
            case 4: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
            case 5 when words.Count > 0: bytes.InsertRange(at, Encoding.UTF8.GetBytes(words[random.Next(words.Count)])); break;
            case 6: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Numbers[random.Next(Numbers.Length)])); break;
            case 7:
                var other = others[random.Next(others.Count)];
                var from = random.Next(other.Length + 1);
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other[from..]);
                break;
            default: bytes.InsertRange(at, Enumerable.Repeat(Telling[random.Next(Telling.Length)], random.Next(1, 200))); break;
        }
    }
}
