namespace Agora.Cluster;

public sealed partial class Master
{
    /// <summary>What frameworks show of themselves: running ones in the order they came, then ended ones.</summary>
    public IReadOnlyList<PageView> Pages() => [.. _frameworks.Values.Where(f => f.Page is not null).Select(f => View(f, f.Page!, Condition(f))),
        .. _completedFrameworks.Select(f => f.Page).OfType<PageView>()];

    private static PageView View(FrameworkEntry framework, SchedulerCall.Publish page, FrameworkCondition condition) =>
        new(framework.Id, framework.Info.Name, condition, page.Kind, page.Page);

    private void Show(FrameworkEntry framework, SchedulerCall.Publish page)
    {
        if (Check(page) is { } wrong)
            Refuse(framework, $"page refused: {wrong}; the former one stays");
        else
            framework.Page = page;
    }

    private string? Check(SchedulerCall.Publish page) =>
        page.Page.Length > _options.Limits.PageCharsMax ? $"{page.Page.Length} characters, more than {_options.Limits.PageCharsMax}"
        : page.Kind.Length is 0 or > SchedulerCall.Publish.KindMax || !page.Kind.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            ? $"its kind is not a word of at most {SchedulerCall.Publish.KindMax} lower-case letters, digits and hyphens"
        : null;
}
