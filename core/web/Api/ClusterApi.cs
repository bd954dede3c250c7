using System.Text.Json;

namespace Agora.Web.Api;

/// <summary>What pages and programs read of the cluster: <c>/api/v1/...</c>, as docs/api.md has it.</summary>
internal static class ClusterApi
{
    public const string Prefix = "/api/v1";

    public static void Map(IEndpointRouteBuilder endpoints, IClusterSource source, LiveFeed feed)
    {
        void Get(string path, Func<HttpContext, Readings, Task> answer) =>
            endpoints.MapMethods(Prefix + path, [HttpMethods.Get, HttpMethods.Head], Answers.ByLeader(source, feed, answer));

        Get("/state", async (context, readings) =>
        {
            var snapshot = await readings.OverviewAsync();
            await Answers.Json(context, json => StateJson.Write(json, snapshot));
        });
        Get("/shares", (context, _) => Shares(context, feed.History));
        Get("/agents", async (context, readings) => await List(context, await readings.OverviewAsync(), Listings.Agents, s => s.Agents));
        Get("/cells", async (context, readings) => await Cells(context, await readings.OverviewAsync()));
        Get("/agents/{id}", async (context, readings) =>
            await One(context, (await readings.OverviewAsync()).Agents.FirstOrDefault(a => a.Info.Id?.Value == Value(context, "id")), ViewJson.Write));
        Get("/frameworks", async (context, readings) => await List(context, await readings.OverviewAsync(), Listings.Frameworks, s => s.Frameworks));
        Get("/frameworks/{id}", async (context, readings) => await One(context, Find(await readings.OverviewAsync(), Value(context, "id")), ViewJson.Write));
        Get("/frameworks/{id}/why", Why);
        Get("/frameworks/{id}/page", Page);
        Get("/pages", async (context, readings) =>
        {
            var pages = await readings.PagesAsync();
            await Answers.Json(context, json => WritePages(json, pages));
        });
        Get("/frameworks/{id}/tasks/{task}", OneTask);
        Get("/tasks", async (context, readings) => await Tasks(context, await readings.WithTasksAsync()));
        Get("/roles", async (context, readings) => await List(context, await readings.OverviewAsync(), Listings.Roles, s => s.Roles));
        Get("/offers", async (context, readings) => await List(context, await readings.OverviewAsync(), Listings.Offers, s => s.Offers));
        Get("/declines", async (context, readings) => await List(context, await readings.OverviewAsync(), Listings.Declines, s => s.Frameworks
            .SelectMany(f => f.Declines.Select(d => new Decline(f.Info, d))).OrderByDescending(d => d.What.Time)));
        Get("/maintenance", async (context, readings) =>
        {
            var snapshot = await readings.OverviewAsync();
            await Answers.Json(context, json => ViewJson.List(json, snapshot.Maintenance, ViewJson.Write));
        });
    }

    /// <summary>A framework by its id; by its name the newest, one that has not ended before one that has.</summary>
    private static FrameworkView? Find(ClusterSnapshot snapshot, string idOrName) => snapshot.Frameworks.FirstOrDefault(f => f.Info.Id?.Value == idOrName)
        ?? snapshot.Frameworks.Where(f => f.Info.Name == idOrName).OrderBy(f => f.Condition == FrameworkCondition.Completed)
            .ThenByDescending(f => f.Registered).FirstOrDefault();

    private static string Value(HttpContext context, string name) => (string)context.Request.RouteValues[name]!;

    private static Task One<T>(HttpContext context, T? found, Action<Utf8JsonWriter, T> write) where T : class => found is null
        ? Answers.Refuse(context, StatusCodes.Status404NotFound, "the master does not know it")
        : Answers.Json(context, json => write(json, found));

    private static Task List<T>(HttpContext context, ClusterSnapshot snapshot, Listing<T> listing, Func<ClusterSnapshot, IEnumerable<T>> items)
    {
        if ((ListQuery.TryRead(context.Request.Query, out var query) ?? listing.Check(query)) is { } wrong)
            return Answers.Refuse(context, StatusCodes.Status400BadRequest, wrong);
        return Answers.Json(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("time", snapshot.Time);
            listing.WritePart(json, listing.Find(items(snapshot), query), query);
            json.WriteEndObject();
        });
    }

    private static Task Tasks(HttpContext context, ClusterSnapshot snapshot)
    {
        var asked = context.Request.Query;
        if ((ListQuery.TryRead(asked, out var query) ?? Listings.Tasks.Check(query)) is { } wrong)
            return Answers.Refuse(context, StatusCodes.Status400BadRequest, wrong);
        if (!TryReadStates(asked["state"].ToString(), out var states))
            return Answers.Refuse(context, StatusCodes.Status400BadRequest,
                $"state '{asked["state"]}' is none: it is live, ended, or some of {string.Join(",", Enum.GetNames<TaskState>())}");
        var (framework, agent) = (asked["framework"].ToString(), asked["agent"].ToString());
        // The newest first.
        var found = Listings.Tasks.Find(snapshot.Tasks.Reverse().Where(t => (framework.Length == 0 || t.FrameworkId.Value == framework) &&
            (agent.Length == 0 || t.AgentId.Value == agent)), query);
        var counts = found.CountBy(t => t.State).OrderBy(c => c.Key).ToList();
        if (states is not null)
            found = [.. found.Where(t => states.Contains(t.State))];
        return Answers.Json(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("time", snapshot.Time);
            json.WriteStartObject("states");
            foreach (var (state, count) in counts)
                json.WriteNumber(state.ToString(), count);
            json.WriteEndObject();
            Listings.Tasks.WritePart(json, found, query);
            json.WriteEndObject();
        });
    }

    private static void WritePages(Utf8JsonWriter json, IReadOnlyList<PageView> pages)
    {
        json.WriteStartObject();
        json.WriteStartArray("items");
        foreach (var page in pages)
        {
            json.WriteStartObject();
            json.WriteString("framework", page.FrameworkId.Value);
            json.WriteString("name", page.Name);
            json.WriteString("condition", page.Condition.ToString());
            json.WriteString("kind", page.Kind);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>As the framework made it.</summary>
    private static async Task Page(HttpContext context, Readings readings)
    {
        var id = Value(context, "id");
        if ((await readings.PagesAsync()).FirstOrDefault(p => p.FrameworkId.Value == id) is { } page)
            await Answers.Send(context, "application/json", System.Text.Encoding.UTF8.GetBytes(page.Page));
        else
            await Answers.Refuse(context, StatusCodes.Status404NotFound, $"framework '{id}' shows nothing of itself");
    }

    /// <param name="states">Null for all.</param>
    private static bool TryReadStates(string text, out HashSet<TaskState>? states)
    {
        states = null;
        if (text.Length == 0)
            return true;
        states = text switch
        {
            "live" => [.. Enum.GetValues<TaskState>().Where(s => !s.IsTerminal())],
            "ended" => [.. Enum.GetValues<TaskState>().Where(s => s.IsTerminal())],
            _ => [],
        };
        if (states.Count > 0)
            return true;
        foreach (var name in text.Split(','))
        {
            if (!Enum.TryParse<TaskState>(name, ignoreCase: true, out var state) || !Enum.IsDefined(state))
                return false;
            states.Add(state);
        }
        return true;
    }

    private static async Task OneTask(HttpContext context, Readings readings)
    {
        var (framework, id) = (new FrameworkId(Value(context, "id")), new TaskId(Value(context, "task")));
        var explained = await readings.ExplainAsync(framework, id);
        // Of a framework that has ended only the snapshot knows.
        var task = explained?.Task ?? (await readings.WithTasksAsync()).Tasks.LastOrDefault(t => t.FrameworkId == framework && t.Id == id);
        if (task is null)
        {
            await Answers.Refuse(context, StatusCodes.Status404NotFound, $"framework '{framework}' has or remembers no task '{id}'");
            return;
        }
        await Answers.Json(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("summary", explained?.Summary ?? "");
            json.WritePropertyName("task");
            ViewJson.Write(json, task);
            json.WriteEndObject();
        });
    }

    private static async Task Why(HttpContext context, Readings readings)
    {
        if ((ListQuery.TryRead(context.Request.Query, out var query) ?? Listings.Skips.Check(query)) is { } wrong)
        {
            await Answers.Refuse(context, StatusCodes.Status400BadRequest, wrong);
            return;
        }
        if (await readings.ExplainAsync(Value(context, "id")) is not { } why)
        {
            await Answers.Refuse(context, StatusCodes.Status404NotFound, $"no framework '{Value(context, "id")}' is running");
            return;
        }
        var reason = context.Request.Query["reason"].ToString();
        await Answers.Json(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("framework", why.FrameworkId.Value);
            json.WriteString("summary", why.Summary);
            json.WriteNumber("dominantShare", why.DominantShare);
            json.WriteNumber("fairShare", why.FairShare);
            ViewJson.Write(json, "held", why.Held);
            ViewJson.Write(json, "demand", why.Demand);
            json.WriteNumber("agents", why.Agents.Count);
            json.WriteStartObject("reasons");
            foreach (var (each, count) in why.Agents.CountBy(a => a.Reason).OrderByDescending(c => c.Value).ThenBy(c => c.Key))
                json.WriteNumber(each.ToString(), count);
            json.WriteEndObject();
            Listings.Skips.WritePart(json, Listings.Skips.Find(why.Agents.Where(a => reason.Length == 0 || a.Reason.ToString() == reason), query), query);
            json.WriteEndObject();
        });
    }

    /// <summary>
    /// All agents in the order of the list, a character each: 0 to 9 for the tenths in use of what is used most there, d not
    /// connected, u unreachable, x not offered by an operator's word.
    /// </summary>
    private static Task Cells(HttpContext context, ClusterSnapshot snapshot) => Answers.Json(context, json =>
    {
        json.WriteStartObject();
        json.WriteString("time", snapshot.Time);
        json.WriteString("cells", string.Concat(snapshot.Agents.Select(Cell)));
        json.WriteEndObject();
    });

    private static char Cell(AgentView agent) => agent.Condition switch
    {
        AgentCondition.Disconnected => 'd',
        AgentCondition.Unreachable => 'u',
        AgentCondition.Draining or AgentCondition.Drained or AgentCondition.Deactivated or AgentCondition.Maintenance => 'x',
        AgentCondition.Active => (char)('0' + Math.Clamp((int)Math.Ceiling(9 * Math.Max(
            Listings.Part(agent.Used.MilliCpus, agent.Info.Resources.MilliCpus), Listings.Part(agent.Used.MemBytes, agent.Info.Resources.MemBytes))), 0, 9)),
    };

    private static Task Shares(HttpContext context, ShareHistory history)
    {
        var (window, resource) = (context.Request.Query["window"].ToString(), context.Request.Query["resource"].ToString());
        if (window is not ("" or "10m" or "24h") || resource is not ("" or "cpus" or "mem"))
            return Answers.Refuse(context, StatusCodes.Status400BadRequest, "window is 10m or 24h, resource is cpus or mem");
        var points = window == "24h" ? history.Coarse : history.Fine;
        return Answers.Json(context, json => SharesJson.Write(json, points, resource == "mem" ? p => p.Mem : p => p.Cpus,
            window == "24h" ? ShareHistory.CoarseStep : ShareHistory.FineStep));
    }
}
