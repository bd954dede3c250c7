using Agora.Security;
using Agora.Tests.Fast.Daemon;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Agora.Tests.Fast.Security;

public sealed class WatchedFileTests : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _told = [];
    private readonly WatchedFile<AccessList> _file;

    public WatchedFileTests()
    {
        Write("allow a view *");
        _file = new WatchedFile<AccessList>(_directory["rules"], AccessList.Load, _time, _told.Add);
    }

    public void Dispose() => _directory.Dispose();

    private void Write(string text)
    {
        _directory.Write("rules", text);
        // Else two changes within a tick of the file system's clock could look the same.
        File.SetLastWriteTimeUtc(_directory["rules"], DateTime.UnixEpoch + TimeSpan.FromSeconds(text.Length));
    }

    private bool May(string who) => _file.Current.Judge(who, AccessAction.View, "*").Allowed;

    [Fact]
    public void A_file_that_changes_is_read_again_within_a_second()
    {
        Write("allow bob view *");
        Assert.True(May("a"));
        _time.Advance(Look);
        Assert.Equal((false, true), (May("a"), May("bob")));
        Assert.Single(_told);
    }

    [Fact]
    public void A_file_that_became_wrong_or_is_gone_leaves_what_was_before_and_says_so_once()
    {
        Write("allow everything");
        _time.Advance(Look);
        Assert.True(May("a"));
        _time.Advance(Look);
        Assert.True(May("a"));
        Assert.Contains("line 1", Assert.Single(_told), StringComparison.Ordinal);
        File.Delete(_directory["rules"]);
        _time.Advance(Look);
        Assert.True(May("a"));
        Write("allow carol view *");
        _time.Advance(Look);
        Assert.True(May("carol"));
    }

    [Fact]
    public void A_file_that_is_wrong_to_begin_with_is_refused()
    {
        Write("nonsense");
        Assert.Throws<SecurityFileException>(() => new WatchedFile<AccessList>(_directory["rules"], AccessList.Load, _time));
    }
}
