using Agora.Tests.Live.Cluster;
using Microsoft.Playwright;
using Xunit;

namespace Agora.Tests.Live.Web;

/// <summary>A page in a browser, with all that it complained of and asked for.</summary>
internal sealed class LookedAt : IAsyncDisposable
{
    private readonly List<string> _complaints = [];
    private readonly IBrowserContext _context;

    private LookedAt(IBrowserContext context, IPage page, Uri master)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                _complaints.Add($"{message.Type}: {message.Text} ({message.Location})");
        };
        page.PageError += (_, error) => _complaints.Add($"exception: {error}");
        page.Response += (_, response) =>
        {
            if (response.Status >= 400)
                _complaints.Add($"{response.Status} {response.Url}");
        };
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url).Authority != master.Authority)
                _complaints.Add($"asked another host: {request.Url}");
        };
    }

    public IPage Page { get; }

    public static async Task<LookedAt> Open(BrowsedCluster cluster, string path, int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await cluster.Browser.NewContextAsync(new()
        {
            BaseURL = cluster.Master.ToString(),
            ViewportSize = new() { Width = width, Height = width > 800 ? 900 : 860 },
            ColorScheme = scheme,
            HasTouch = width <= 800,
        });
        var looked = new LookedAt(context, await context.NewPageAsync(), cluster.Master);
        // The link lets in: what it sets is the browser's from then on.
        var login = await context.APIRequest.GetAsync((await cluster.Agora("dashboard")).Text.Trim());
        Assert.True(login.Ok, login.StatusText);
        await looked.Page.GotoAsync(path, new() { WaitUntil = WaitUntilState.DOMContentLoaded });
        return looked;
    }

    public ILocator Heading(string text) => Page.GetByRole(AriaRole.Heading, new() { Name = text, Exact = true });

    /// <summary>Waits until a text is seen.</summary>
    public Task Sees(string text) => Page.GetByText(text).First.WaitForAsync();

    /// <summary>Keeps a picture for people to look at.</summary>
    public Task Keep(string name) => Page.ScreenshotAsync(new() { Path = Path.Combine(Programs.Bin, "..", "artifacts", "screenshots", name + ".png"), FullPage = true });

    /// <summary>Nothing sticks out to the right, so that a phone does not scroll sideways.</summary>
    public async Task AssertFits()
    {
        var beyond = await Page.EvaluateAsync<int>("document.documentElement.scrollWidth - window.innerWidth");
        Assert.True(beyond <= 0, $"{Page.Url} is {beyond} pixels wider than the window");
    }

    public void AssertNoComplaints() => Assert.True(_complaints.Count == 0, string.Join("\n", _complaints));

    public ValueTask DisposeAsync() => _context.DisposeAsync();
}
