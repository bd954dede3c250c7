using Agora.Torque.Jobs;
using Xunit;

namespace Agora.Tests.Fast.Torque;

public sealed class NodeSpecTests
{
    private static string Shown(NodeRequest r) =>
        $"{r.Count}x{r.Slots}" + (r.Host is { } host ? $"@{host}" : "") + string.Concat(r.Properties.Select(p => $":{p}")) +
        (r.Lines != r.Slots ? $"/{r.Lines}" : "") + (r.MemoryBytes is { } bytes ? $",{bytes >> 20}M" : "") +
        (r.Threads is { } threads ? $",t{threads}" : "") + (r.Gpus > 0 ? $",g{r.Gpus}" : "") + (r.Exclusive ? "!" : "");

    [Theory]
    [InlineData("4", "4x1")]
    [InlineData("2:ppn=8", "2x8")]
    [InlineData("1:ppn=2+2:ppn=1:fast", "1x2 2x1:fast")]
    [InlineData("n3:ppn=2", "1x2@n3")]
    [InlineData("n1+n2", "1x1@n1 1x1@n2")]
    [InlineData("3:bigmem:ppn=4", "3x4:bigmem")]
    [InlineData("ppn=4", "1x4")]
    [InlineData("4:compute#shared", "4x1:compute")]
    [InlineData("2:ppn=2#excl", "2x2!")]
    [InlineData("1:gpus=2:ppn=4", "1x4,g2")]
    public void Requests_for_nodes_are_read_as_scripts_write_them(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', NodeSpec.ParseNodes(text).Select(Shown)));

    [Theory]
    [InlineData("1:ppn=x")]
    [InlineData("1:ppn=0")]
    [InlineData("0")]
    [InlineData("")]
    [InlineData("2:ppn=2+")]
    [InlineData("1:what=3")]
    [InlineData("99999999999")]
    [InlineData("1:ppn=-2")]
    public void What_is_no_request_is_refused_with_the_number_of_the_original(string text) =>
        Assert.Equal(27, Assert.Throws<PbsException>(() => NodeSpec.ParseNodes(text)).ExitCode);

    [Theory]
    [InlineData("1:ncpus=4", null, "1x4/1")]
    [InlineData("2:ncpus=4:mpiprocs=4:ompthreads=1:mem=2gb", null, "2x4,2048M,t1")]
    [InlineData("2:ncpus=2:mpiprocs=2+1:ncpus=1:host=n2", "scatter", "2x2 1x1@n2")]
    [InlineData("2:ncpus=2", "pack:excl", "1x4/2!")]
    [InlineData("1:ncpus=2:bigmem=true", "excl", "1x2:bigmem/1!")]
    public void Chunks_of_select_are_read_as_scripts_write_them(string text, string? place, string expected) =>
        Assert.Equal(expected, string.Join(' ', NodeSpec.ParseSelect(text, place).Select(Shown)));

    [Theory]
    [InlineData("3600", 3600)]
    [InlineData("1:30", 90)]
    [InlineData("01:00:00", 3600)]
    [InlineData("7200:00:00", 25_920_000)]
    [InlineData("1:00:00:00", 86_400)]
    [InlineData("abc", null)]
    [InlineData("1:2:3:4:5", null)]
    [InlineData("-5", null)]
    [InlineData("", null)]
    public void Durations_are_seconds_or_parts_between_colons(string text, int? seconds) =>
        Assert.Equal(seconds, (int?)PbsTime.Parse(text)?.TotalSeconds);

    [Theory]
    [InlineData("100", 100L)]
    [InlineData("2kb", 2048L)]
    [InlineData("4GB", 4L << 30)]
    [InlineData("1w", 8L)]
    [InlineData("3mw", 3L * 8 << 20)]
    [InlineData("1zz", null)]
    [InlineData("mb", null)]
    [InlineData("9999999pb", null)]
    public void Sizes_are_a_number_and_a_unit(string text, long? bytes) => Assert.Equal(bytes, PbsSize.Parse(text));

    [Theory]
    [InlineData("1-5,8%2", "1,2,3,4,5,8", 2)]
    [InlineData("7", "7", null)]
    [InlineData("1,3,5-6", "1,3,5,6", null)]
    [InlineData("0-8:4", "0,4,8", null)]
    public void Ranges_of_arrays_are_read(string text, string indices, int? limit)
    {
        var range = ArrayRange.Parse(text)!;
        Assert.Equal(indices, string.Join(',', range.Indices));
        Assert.Equal(limit, range.SlotLimit);
    }

    [Theory]
    [InlineData("5-1")]
    [InlineData("abc")]
    [InlineData("")]
    [InlineData("1-")]
    [InlineData("1-5%0")]
    [InlineData("1-5:0")]
    [InlineData("-3")]
    [InlineData("1-99999999")]
    // Named again and again it is no more indices, but as much work each time.
    [InlineData("0-999999,0-999999")]
    public void What_is_no_range_is_none(string text) => Assert.Null(ArrayRange.Parse(text));

    [Theory]
    [InlineData("17", "17", null)]
    [InlineData("17.vm", "17", "vm")]
    [InlineData("17[].vm.example.org", "17[]", "vm.example.org")]
    [InlineData("17[3]", "17[3]", null)]
    public void Ids_are_taken_in_all_their_forms(string text, string id, string? server)
    {
        Assert.True(JobId.TryParse(text, out var parsed, out var on));
        Assert.Equal((id, server), (parsed.ToString(), on));
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("")]
    [InlineData("17[")]
    [InlineData("17[a]")]
    [InlineData("17.")]
    [InlineData("17x")]
    [InlineData("123456789")]
    public void What_is_no_id_is_none(string text) => Assert.False(JobId.TryParse(text, out _, out _));
}
