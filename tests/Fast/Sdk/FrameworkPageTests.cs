using System.Text.Json;
using Agora.Sdk;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Agora.Tests.Fast.Sdk;

public class FrameworkPageTests
{
    private static JsonElement Read(FrameworkPage page) => JsonDocument.Parse(page.ToJson()).RootElement;

    [Fact]
    public void A_page_has_facts_notes_and_tables_of_cells_of_every_kind()
    {
        var page = Read(new FrameworkPage("mine", "Jobs").Fact("Running", 3).Note("job 2 waits for job 1")
            .Table("Jobs", ["a", "b", "c", "d", "e"], [["text", 7, PageCell.Progress(0.5, "1 of 2"), PageCell.State("Running"), PageCell.Time(DateTimeOffset.UnixEpoch)]]));
        Assert.Equal(("mine", "Jobs"), (page.GetProperty("kind").GetString(), page.GetProperty("title").GetString()));
        Assert.Equal(3, page.GetProperty("facts")[0].GetProperty("value").GetInt32());
        Assert.Equal("job 2 waits for job 1", page.GetProperty("notes")[0].GetString());
        var row = page.GetProperty("tables")[0].GetProperty("rows")[0];
        Assert.Equal(("text", 7), (row[0].GetString(), row[1].GetInt32()));
        Assert.Equal((0.5, "1 of 2"), (row[2].GetProperty("part").GetDouble(), row[2].GetProperty("text").GetString()));
        Assert.Equal("Running", row[3].GetProperty("state").GetString());
        Assert.Equal(DateTimeOffset.UnixEpoch, row[4].GetProperty("time").GetDateTimeOffset());
    }

    [Fact]
    public void A_page_of_any_size_is_cut_to_what_a_master_takes_and_says_how_much_there_was()
    {
        var text = new string('x', 10_000);
        var page = new FrameworkPage("mine", "Jobs").Table("Jobs", ["a", "b", "c", "d"], Enumerable.Repeat<IReadOnlyList<PageCell>>([text, text, text, text], 5_000));
        Assert.True(page.ToJson().Length <= Limits.Default.PageCharsMax);
        var table = Read(page).GetProperty("tables")[0];
        Assert.Equal(5_000, table.GetProperty("total").GetInt32());
        // 4 cells of 300 characters a row: of 100 rows half is left, and fits.
        Assert.Equal(50, table.GetProperty("rows").GetArrayLength());
        Assert.Equal(FrameworkPage.TextMax, table.GetProperty("rows")[0][0].GetString()!.Length);
    }

    [Fact]
    public async Task Only_what_has_changed_is_published()
    {
        var time = new FakeTimeProvider();
        List<SchedulerCall> calls = [];
        var running = 1;
        await using var publisher = new PagePublisher(action => action(time.GetUtcNow(), calls), time, _ => new FrameworkPage("mine", "Jobs").Fact("Running", running));
        time.Advance(PagePublisher.Step * 5);
        Assert.Single(calls);
        running = 2;
        time.Advance(PagePublisher.Step);
        Assert.Equal(2, calls.Cast<SchedulerCall.Publish>().Count(c => c.Kind == "mine"));
    }
}
