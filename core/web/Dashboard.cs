using Agora.Web.Api;
using Agora.Web.Reports;
using OpenTelemetry.Metrics;

namespace Agora.Web;

/// <summary>
/// The master's pages and their API, for reading only. Put into a server with <see cref="AddDashboard"/> and
/// <see cref="MapDashboard"/>.
/// </summary>
public static class Dashboard
{
    /// <summary>Nothing is loaded from elsewhere, nothing is run that is not a file of ours, and no other page frames these.</summary>
    private const string PagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string MetricsPath = "/metrics";

    /// <summary>Paths of pages, each shown by the one page there is.</summary>
    private static readonly string[] Pages = ["/", "/frameworks/{**rest}", "/agents/{**rest}", "/tasks/{**rest}", "/roles", "/offers", "/jobs/{kind}", "/files/{**rest}",
        "/reports/{**rest}"];

    /// <param name="visitors">Makes who decides who may look.</param>
    /// <param name="reports">Where reports of experiments are; null shows none.</param>
    public static IServiceCollection AddDashboard(this IServiceCollection services, IClusterSource source, Func<IServiceProvider, IVisitors> visitors,
        IReportFiles? reports = null)
    {
        services.AddSingleton(source);
        services.AddSingleton(visitors);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<LiveFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<LiveFeed>());
        services.AddSingleton<AgentFiles>();
        services.AddSingleton(new ReportsApi(new ReportShelf(reports), TimeProvider.System));
        services.AddSingleton<MasterMetrics>();
        services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(MasterMetrics.MeterName, "System.Runtime").AddPrometheusExporter());
        return services;
    }

    public static void MapDashboard(this WebApplication app)
    {
        app.Use(SetHeaders);
        var visitors = app.Services.GetRequiredService<IVisitors>();
        app.Use(async (context, next) =>
        {
            if (await visitors.AdmitAsync(context))
                await next(context);
        });
        var metrics = app.Services.GetRequiredService<MasterMetrics>();
        app.MapPrometheusScrapingEndpoint(MetricsPath);
        app.Use(async (context, next) =>
        {
            if (context.Request.Path == MetricsPath)
                await metrics.RefreshAsync();
            await next(context);
        });
        var (source, feed) = (app.Services.GetRequiredService<IClusterSource>(), app.Services.GetRequiredService<LiveFeed>());
        var files = app.Services.GetRequiredService<AgentFiles>();
        var reports = app.Services.GetRequiredService<ReportsApi>();
        string[] reading = [HttpMethods.Get, HttpMethods.Head];
        ClusterApi.Map(app, source, feed);
        app.MapMethods(ClusterApi.Prefix + "/events", [HttpMethods.Get], Answers.ByLeader(source, feed, (context, readings) => Events.Follow(context, feed, readings)));
        app.MapMethods(ClusterApi.Prefix + "/agents/{id}/files/{**path}", reading, Answers.ByLeader(source, feed, files.Pass));
        app.MapMethods(ClusterApi.Prefix + "/reports", reading, Answers.ByLeader(source, feed, (context, _) => reports.List(context)));
        app.MapMethods(ClusterApi.Prefix + "/reports/{**id}", reading, Answers.ByLeader(source, feed, (context, _) => reports.One(context)));
        app.MapMethods(ClusterApi.Prefix + "/{**rest}", reading, (RequestDelegate)(context =>
            Answers.Refuse(context, StatusCodes.Status404NotFound, $"there is nothing at {context.Request.Path}; docs/api.md lists what there is")));
        Health.Map(app, source, feed);
        app.MapMethods("/assets/{**file}", reading, Assets.Send);
        app.MapMethods("/favicon.ico", reading, Assets.SendIcon);
        foreach (var page in Pages)
            app.MapMethods(page, reading, Answers.ByLeader(source, feed, (context, _) => Assets.SendPage(context)));
    }

    private static Task SetHeaders(HttpContext context, RequestDelegate next)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = PagePolicy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
        }
        return next(context);
    }
}
