using System.Globalization;
using ScottPlot;

namespace Agora.Workloads.Simulated.Pictures;

/// <summary>A picture of figures, with axes, and a caption that says what to see.</summary>
internal sealed class Picture
{
    private const int Width = 900, Height = 480;
    private const double BarWidth = 0.36;

    private readonly string _title;
    private readonly Action<Plot> _draw;

    private Picture(string name, string title, string caption, Action<Plot> draw) =>
        (Name, _title, Caption, _draw) = (name, title, caption, draw);

    /// <summary>The file's, without its end.</summary>
    public string Name { get; }
    public string Caption { get; }

    /// <summary>A group of bars for each label.</summary>
    /// <param name="series">The bars of each group, by name; NaN for none.</param>
    public static Picture Bars(string name, string title, string x, string y, IReadOnlyList<string> labels,
        IReadOnlyList<(string Name, double[] Values)> series, string caption) => new(name, title, caption, plot =>
    {
        for (var s = 0; s < series.Count; s++)
        {
            var shift = (s - (series.Count - 1) / 2.0) * BarWidth;
            var known = Enumerable.Range(0, labels.Count).Where(i => !double.IsNaN(series[s].Values[i])).ToList();
            var bars = plot.Add.Bars(known.Select(i => i + shift), known.Select(i => series[s].Values[i]));
            bars.LegendText = series[s].Name;
            foreach (var bar in bars.Bars)
            {
                bar.Size = BarWidth;
                bar.Label = bar.Value.ToString(bar.Value >= 100 ? "0" : "0.###", CultureInfo.InvariantCulture);
            }
        }
        plot.Axes.Bottom.SetTicks([.. Enumerable.Range(0, labels.Count).Select(i => (double)i)], [.. labels]);
        plot.Axes.Margins(bottom: 0, top: 0.25);
        plot.XLabel(x);
        plot.YLabel(y);
        plot.ShowLegend(Alignment.UpperRight, Orientation.Horizontal);
    });

    /// <summary>A line for each series, from zero up.</summary>
    public static Picture Lines(string name, string title, string x, string y,
        IReadOnlyList<(string Name, double[] Xs, double[] Ys)> series, string caption) => new(name, title, caption, plot =>
    {
        foreach (var (line, xs, ys) in series)
            plot.Add.Scatter(xs, ys).LegendText = line;
        plot.Axes.AutoScale();
        plot.Axes.SetLimits(left: 0, bottom: 0);
        plot.XLabel(x);
        plot.YLabel(y);
        plot.ShowLegend(Alignment.UpperLeft);
    });

    public byte[] Png()
    {
        using var plot = new Plot();
        plot.Title($"Simulated: {_title}");
        _draw(plot);
        return plot.GetImageBytes(Width, Height, ImageFormat.Png);
    }
}
