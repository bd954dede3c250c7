using Agora.Workloads.Reports;

namespace Agora.Workloads.Simulated.Model;

/// <summary>The paper's section 5, table 2: its formulas against frameworks on the real master and allocator.</summary>
internal sealed class ModelExperiment : ISimulatedExperiment
{
    private const int Beta = 5, FineTasks = 20, FinePerWhole = 20;
    private static readonly string[] Cells = ["elastic-constant", "elastic-exponential", "rigid-constant", "rigid-exponential"];
    private const string Table = "Mesos paper, table 2", Exact = "table 2 with the harmonic number of k for ln k";

    public string Name => "model";

    public string Description => """
        Ramp-up, completion time and utilisation of a framework that comes to a full cluster: the formulas of the Mesos
        paper's table 2 against a framework on the real master and allocator in virtual time. Elastic frameworks use
        each slot at once, rigid ones only when they have all; the tasks that hold the slots are all alike or
        exponentially distributed.
        """;

    public Findings Run(RunOptions options, Progress progress)
    {
        var (slots, seeds) = (options.Quick ? 50 : 100, options.Seeds ?? (options.Quick ? 400 : 1000));
        var (ln, harmonic) = (Math.Log(slots), Enumerable.Range(1, slots).Sum(i => 1.0 / i));
        List<Row> rows = [];
        List<IReadOnlyList<object>> data = [];

        ModelMeasure Mean(string name, bool isRigid, bool isExponential, int tasksPerLength, int count)
        {
            var setup = new ModelSetup(isRigid, isExponential, slots, Beta, tasksPerLength);
            var runs = Runs.Of(count, i => ModelWorld.Run(setup, Runs.Seed(options.Seed, i)), progress, name);
            data.AddRange(runs.Select((r, i) => (IReadOnlyList<object>)[name, tasksPerLength, i, r.RampUp, r.Completion, r.Utilisation]));
            return new ModelMeasure(runs.Average(r => r.RampUp), runs.Average(r => r.Completion), runs.Average(r => r.Utilisation));
        }

        foreach (var isExponential in new[] { false, true })
        {
            var lengths = isExponential ? "exponential" : "constant";
            var name = $"elastic-{lengths}";
            var whole = Mean(name, isRigid: false, isExponential, tasksPerLength: 1, seeds);
            var fine = Mean(name, isRigid: false, isExponential, FineTasks, Math.Max(1, seeds / FinePerWhole));
            RampUp(name, whole.RampUp, isExponential);
            var completion = isExponential ? 1 + Beta : 0.5 + Beta;
            rows.Add(new Row($"{name}-completion", "T", fine.Completion, completion, Table));
            rows.Add(new Row($"{name}-completion-whole-tasks", "T", whole.Completion, completion, Table));
            rows.Add(new Row($"{name}-utilisation", "", whole.Utilisation, 1, Table));
        }
        foreach (var isExponential in new[] { false, true })
        {
            var name = $"rigid-{(isExponential ? "exponential" : "constant")}";
            var mean = Mean(name, isRigid: true, isExponential, tasksPerLength: 1, seeds);
            RampUp(name, mean.RampUp, isExponential);
            rows.Add(new Row($"{name}-completion", "T", mean.Completion, isExponential ? ln + Beta : 1 + Beta, Table));
            if (isExponential)
                rows.Add(new Row($"{name}-completion-exact", "T", mean.Completion, harmonic + Beta, Exact));
            rows.Add(new Row($"{name}-utilisation", "", mean.Utilisation, isExponential ? Beta / (ln - 1 + Beta) : Beta / (0.5 + Beta), Table));
            if (isExponential)
                rows.Add(new Row($"{name}-utilisation-exact", "", mean.Utilisation, Beta / (harmonic - 1 + Beta), Exact));
        }
        return new Findings(rows,
            [new DataTable("runs", ["cell", "tasksPerLength", "run", "rampUp", "completion", "utilisation"], data)],
            [
                $"k = {slots} slots, beta = {Beta}, T = {ModelSetup.Length.TotalSeconds:0} s; means of {seeds} runs " +
                $"({Math.Max(1, seeds / FinePerWhole)} for elastic completion). Times are in T.",
                "ln k stands in the paper for the mean of the longest of k exponential times, which is the harmonic number " +
                $"1 + 1/2 + ... + 1/k = {harmonic:0.000} (ln k = {ln:0.000}, less by Euler's 0.577). The '-exact' rows hold the same " +
                "simulation against the formula with it. Only for k above 100,000 would ln k be within 5 %.",
                "The paper's completion of an elastic job takes work for a fluid that flows wherever a slot is free. It is met by a " +
                $"job cut into tasks of T/{FineTasks}. Cut into tasks of T ('-whole-tasks') the last slot works alone at the end: with " +
                "constant lengths the slot that came last, after T, still does beta tasks, so that the job ends at (1 + beta) T; with " +
                "exponential ones the longest of the last k tasks ends about T ln k after the first.",
            ])
        { Pictures = [Times(rows), Utilisations(rows)] };

        void RampUp(string name, double measured, bool isExponential)
        {
            rows.Add(new Row($"{name}-ramp-up", "T", measured, isExponential ? ln : 1, Table));
            if (isExponential)
                rows.Add(new Row($"{name}-ramp-up-exact", "T", measured, harmonic, Exact));
        }
    }

    private static Picture Times(IReadOnlyList<Row> rows) => Compare(rows, "times", "table 2, ramp-up and completion", "time (mean task lengths T)",
        [.. Cells.SelectMany(c => new[] { $"{c}-ramp-up", $"{c}-completion" })],
        "Each formula of the paper beside what it was measured as. With exponential lengths all that ramps up takes longer than ln k says.");

    private static Picture Utilisations(IReadOnlyList<Row> rows) => Compare(rows, "utilisation", "table 2, utilisation",
        "utilisation (part of held slot time)", [.. Cells.Select(c => $"{c}-utilisation")],
        "Elastic frameworks work all the time they hold slots; rigid ones wait for the last slot with the others idle.");

    private static Picture Compare(IReadOnlyList<Row> rows, string name, string title, string y, IReadOnlyList<string> metrics, string caption)
    {
        var shown = metrics.Select(m => rows.First(r => r.Metric == m)).ToList();
        return Picture.Bars(name, title, "cell of the table", y, [.. shown.Select(r => r.Metric.Replace('-', '\n'))],
            [("formula", [.. shown.Select(r => r.Anchor!.Value)]), ("simulation", [.. shown.Select(r => r.Agora)])], caption);
    }
}
