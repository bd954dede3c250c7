using CsCheck;
using Xunit;

namespace Agora.Tests.Fast;

public class ResourcesTests
{
    [Theory]
    [InlineData("cpus:4;mem:8192;ports:[31000-32000]")]
    [InlineData("cpus:0.001;gpus:2;mem:1B;disk:0.5;licences:3.5;ports:[1-3,5-5];disks:{d1,d2}")]
    [InlineData("")]
    public void Text_is_read_back_as_it_was_written(string text) =>
        Assert.Equal(text, Resources.Parse(text).ToString());

    [Theory]
    [InlineData("mem:1G", "mem:1024")]
    [InlineData("ports:[5-6,1-4,4-5]", "ports:[1-6]")]
    [InlineData("cpus:1;cpus:1", "cpus:2")]
    [InlineData("cpus:0;mem:64", "mem:64")]
    public void Equal_resources_have_one_text(string text, string expected) =>
        Assert.Equal(expected, Resources.Parse(text).ToString());

    [Theory]
    [InlineData("cpus", "no ':'")]
    [InlineData("cpus:", "no value")]
    [InlineData("cpus:-1", "negative")]
    [InlineData("cpus:0.0001", "three decimals")]
    [InlineData("cpus:many", "not a number")]
    [InlineData("cpus:[1-2]", "not ranges")]
    [InlineData("ports:[3-1]", "ends before it begins")]
    [InlineData("ports:[1-2", "']'")]
    [InlineData("sp ace:1", "not a name")]
    [InlineData("mem:99999999999999999999999999", "too large")]
    public void Malformed_text_is_refused_with_the_part_and_the_reason(string text, string why)
    {
        Assert.False(Resources.TryParse(text, out _, out var error));
        Assert.Contains(why, error, StringComparison.Ordinal);
        Assert.Contains(text, error, StringComparison.Ordinal);
    }

    private static readonly Gen<Resources> Any =
        from cpus in Gen.Long[0, 100_000]
        from mem in Gen.Long[0, 1L << 40]
        from disk in Gen.Long[0, 1L << 40]
        from other in Gen.Long[0, 5_000]
        from begin in Gen.Int[0, 50]
        from length in Gen.Int[0, 20]
        from names in Gen.Int[0, 7]
        select Build(cpus, mem, disk, other, begin, length, names);

    private static Resources Build(long cpus, long mem, long disk, long other, int begin, int length, int names)
    {
        var builder = new ResourcesBuilder { MilliCpus = cpus, MemBytes = mem, DiskBytes = disk };
        builder.AddScalar("licences", other);
        if (length > 0)
            builder.AddRanges("ports", RangeSet.Of(new ValueRange(begin, begin + length - 1)));
        builder.AddSet("disks", StringSet.Of(Enumerable.Range(0, 3).Where(i => (names >> i & 1) == 1).Select(i => $"d{i}")));
        return builder.Build();
    }

    [Fact]
    public void Every_value_survives_its_text() =>
        Any.Sample(r => Assert.Equal(r, Resources.Parse(r.ToString())));

    [Fact]
    public void A_sum_contains_its_parts_and_scalars_subtract_exactly() =>
        Gen.Select(Any, Any).Sample((a, b) =>
        {
            var sum = a + b;
            Assert.True(sum.Contains(a) && sum.Contains(b));
            var rest = sum - b;
            Assert.Equal((a.MilliCpus, a.MemBytes, a.DiskBytes), (rest.MilliCpus, rest.MemBytes, rest.DiskBytes));
            Assert.Equal(a.OtherScalar("licences"), rest.OtherScalar("licences"));
        });

    [Fact]
    public void Taking_out_what_is_contained_and_putting_it_back_changes_nothing() =>
        Gen.Select(Any, Any).Sample((a, b) => Assert.Equal(a + b, a + b - Scalars(b) + Scalars(b)));

    private static Resources Scalars(Resources r) => Resources.FromScalars(r.MilliCpus, r.MemBytes, r.DiskBytes);

    [Fact]
    public void Taking_out_what_is_not_there_is_an_error() =>
        Assert.Throws<InvalidOperationException>(() => Resources.Of(1, 64) - Resources.Of(2, 64));

    [Fact]
    public void Attributes_survive_their_text()
    {
        Assert.Equal("rack:r1;zone:west", Attributes.Parse("zone:west;rack:r1").ToString());
        Assert.False(Attributes.TryParse("rack", out _, out var error));
        Assert.Contains("'rack' has no ':'", error, StringComparison.Ordinal);
    }
}
