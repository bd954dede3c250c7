using Agora.Spark;
using Agora.Spark.Scheduling;
using CsCheck;
using Xunit;
using Report = Agora.Spark.TaskReport;

namespace Agora.Tests.Fast.Spark.Scheduling;

public sealed class TaskReportFormTests
{
    private static readonly Gen<BlockChange[]> Blocks = Gen.Select(Gen.Int.NonNegative, Gen.Int.NonNegative, Gen.Long[0, long.MaxValue], Gen.Bool, Gen.Bool,
        (rdd, partition, bytes, inMemory, isKept) => new BlockChange(new BlockId(rdd, partition), bytes, inMemory, isKept)).Array[0, 5];

    private static readonly Gen<MapOutput?> Outputs = Gen.Select(Gen.String, Gen.Long[0, long.MaxValue / 64].Array[0, 30],
        (location, sizes) => new MapOutput(location, [.. sizes.Select((_, i) => sizes.Take(i).Sum())])).Null();

    private static readonly Gen<Report> Reports = Gen.OneOf<Report>(
        Gen.Select(Gen.Byte.Array[0, 300], Outputs, Blocks, (result, output, blocks) =>
            (Report)new Report.Succeeded(result, output) { Blocks = blocks }),
        Gen.Select(Gen.Int.NonNegative, Gen.Int.NonNegative, Gen.String, Gen.String, Blocks, (shuffle, map, location, error, blocks) =>
            (Report)new Report.FetchFailed(shuffle, map, location, error) { Blocks = blocks }),
        Gen.Select(Gen.String, Gen.String, Gen.String.Array[0, 5], Gen.String.Null(), Gen.Bool, Blocks, (type, message, frames, record, isFinal, blocks) =>
            (Report)new Report.Failed(new TaskError(type, message, frames, record), isFinal) { Blocks = blocks }),
        Blocks.Select(blocks => (Report)new Report.Killed { Blocks = blocks }));

    [Fact]
    public void Every_report_is_read_as_it_was_written() =>
        Reports.Sample(report => Assert.Equal(Text(report), Text(TaskReportForm.Read(TaskReportForm.Write(report)))));

    [Fact]
    public void A_report_that_ends_early_or_goes_on_is_refused_in_words() =>
        Gen.Select(Reports, Gen.Double[0, 1]).Sample((report, part) =>
        {
            var bytes = TaskReportForm.Write(report);
            var cut = bytes.AsMemory(0, (int)(part * (bytes.Length - 1)));
            Assert.Contains("report", Assert.Throws<InvalidDataException>(() => TaskReportForm.Read(cut)).Message, StringComparison.Ordinal);
            Assert.Throws<InvalidDataException>(() => TaskReportForm.Read(bytes.Append((byte)0).ToArray()));
        });

    [Fact]
    public void Any_bytes_are_read_or_refused_and_never_bring_the_reader_down() =>
        Gen.Select(Reports, Gen.Select(Gen.Int.NonNegative, Gen.Byte).Array[1, 4], Gen.Byte.Array[0, 40]).Sample((report, changes, noise) =>
        {
            var bytes = TaskReportForm.Write(report);
            foreach (var (at, value) in changes)
                bytes[at % bytes.Length] = value;
            foreach (var each in (byte[][])[bytes, noise])
            {
                try
                {
                    TaskReportForm.Read(each);
                }
                catch (InvalidDataException e)
                {
                    Assert.NotEmpty(e.Message);
                }
            }
        });

    [Fact]
    public void Another_build_of_the_executor_is_named_as_the_cause()
    {
        var bytes = TaskReportForm.Write(new Report.Killed());
        bytes[0]++;
        Assert.Contains("not of one build", Assert.Throws<InvalidDataException>(() => TaskReportForm.Read(bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_result_is_not_copied_out_of_what_was_received()
    {
        var bytes = TaskReportForm.Write(new Report.Succeeded(new byte[] { 7, 7, 7, 7 }, null));
        var report = Assert.IsType<Report.Succeeded>(TaskReportForm.Read(bytes));
        bytes.AsSpan().Replace((byte)7, (byte)9);
        Assert.Equal([9, 9, 9, 9], report.Result.ToArray());
    }

    private static string Text(Report report) => string.Join('|', report.Blocks) + report switch
    {
        Report.Succeeded s => $"succeeded {Convert.ToHexString(s.Result.Span)} {s.Output?.Location} {string.Join(',', s.Output?.Offsets ?? [])} {s.Output is null}",
        Report.FetchFailed f => $"fetch {f.ShuffleId} {f.MapPartition} {f.Location} {f.Error}",
        Report.Failed f => $"failed {f.IsFinal} {f.Error.Type} {f.Error.Message} {string.Join('\n', f.Error.Frames)} {f.Error.Record} {f.Error.Record is null}",
        Report.Killed => "killed",
        _ => throw new InvalidOperationException("no such report"),
    };
}
