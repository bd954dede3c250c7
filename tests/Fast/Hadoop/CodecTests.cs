using System.Text;
using Agora.MapReduce;
using CsCheck;
using Xunit;

namespace Agora.Tests.Fast.Hadoop;

public sealed class CodecTests
{
    private static readonly JobConf Conf = new();

    /// <summary>Zeros and ends of prefixes are where an encoding could go wrong.</summary>
    private static readonly Gen<string> Texts = Gen.Int[0, 4].Array[0, 4]
        .Select(c => string.Concat(c.Select(i => "\0\u0001aé\u00ff"[i])));

    [Fact]
    public void Numbers_order_by_their_bytes_as_by_value()
    {
        Gen.Select(Gen.Long, Gen.Long).Sample((a, b) => Ordered(a, b));
        Gen.Select(Gen.Int, Gen.Int).Sample((a, b) => Ordered(a, b));
        Gen.Select(Gen.Double, Gen.Double).Where((a, b) => !double.IsNaN(a) && !double.IsNaN(b))
            .Sample((a, b) => a == b || Ordered(a, b));
        Assert.True(Ordered(double.NegativeInfinity, -1.0) && Ordered(-1.0, -0.5) && Ordered(-0.5, 0.0) &&
            Ordered(0.0, double.Epsilon) && Ordered(1.0, double.PositiveInfinity) && Ordered(false, true));
    }

    [Fact]
    public void Tuples_order_by_their_parts_in_turn_however_texts_end() =>
        Gen.Select(Texts, Texts, Gen.Int[-1, 1], Texts, Texts, Gen.Int[-1, 1]).Sample((a1, a2, a3, b1, b2, b3) =>
        {
            var expected = Math.Sign(ByBytes(a1, b1) is var first and not 0 ? first
                : ByBytes(a2, b2) is var second and not 0 ? second : a3.CompareTo(b3));
            return expected == Math.Sign(Bytes((a1, a2, a3)).AsSpan().SequenceCompareTo(Bytes((b1, b2, b3))));
        });

    [Fact]
    public void What_is_written_is_read_again()
    {
        Gen.Select(Texts, Gen.Double, Texts).Sample((a, b, c) => Same((a, b, c)) && Same((c, a)) && Same(a));
        Gen.Long.Sample(n => Same(n) && Same((int)n) && Same(n > 0));
        Assert.True(Same(((1, "x\0"), "y")));
    }

    [Fact]
    public void Text_keys_are_plain_UTF_8_as_Hadoop_has_them() => Assert.Equal("zwölf"u8.ToArray(), Bytes("zwölf"));

    [Fact]
    public void A_type_without_a_codec_is_refused_with_the_way_out()
    {
        var e = Assert.Throws<NotSupportedException>(() => Codecs.Of<Uri>(Conf));
        Assert.Contains("ICodec<Uri>", e.Message, StringComparison.Ordinal);
    }

    private static bool Ordered<T>(T a, T b) where T : IComparable<T> =>
        Math.Sign(a.CompareTo(b)) == Math.Sign(Bytes(a).AsSpan().SequenceCompareTo(Bytes(b)));

    private static bool Same<T>(T value) => Equals(Codecs.Of<T>(Conf).Read(Bytes(value)), value);

    private static byte[] Bytes<T>(T value)
    {
        var buffer = new ByteBuffer();
        Codecs.Of<T>(Conf).Write(value, buffer);
        return buffer.Span.ToArray();
    }

    private static int ByBytes(string a, string b) =>
        Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b));
}
