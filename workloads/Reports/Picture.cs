using System.Globalization;
using ScottPlot;

namespace Agora.Workloads.Reports;

/// <summary>A picture of figures, with axes, and a caption that says what to see.</summary>
internal sealed class Picture
{
    private const int Width = 900, Height = 480;
    /// <summary>Of a whole group of bars.</summary>
    private const double GroupWidth = 0.76;
    private const int PointsMax = 50;
    /// <summary>More labels than this touch each other at the usual size of letters.</summary>
    private const int LabelsMax = 8;
    private const float SmallLetters = 9.5f;

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
        var width = GroupWidth / Math.Max(2, series.Count);
        for (var s = 0; s < series.Count; s++)
        {
            var shift = (s - (series.Count - 1) / 2.0) * width;
            var known = Enumerable.Range(0, labels.Count).Where(i => !double.IsNaN(series[s].Values[i])).ToList();
            var bars = plot.Add.Bars(known.Select(i => i + shift), known.Select(i => series[s].Values[i]));
            bars.LegendText = series[s].Name;
            foreach (var bar in bars.Bars)
            {
                bar.Size = width;
                bar.Label = bar.Value.ToString(bar.Value >= 100 ? "0" : series.Count > 2 || labels.Count > LabelsMax ? "0.##" : "0.###", CultureInfo.InvariantCulture);
            }
        }
        plot.Axes.Bottom.SetTicks([.. Enumerable.Range(0, labels.Count).Select(i => (double)i)], [.. labels]);
        if (labels.Count > LabelsMax)
            plot.Axes.Bottom.TickLabelStyle.FontSize = SmallLetters;
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
        {
            var scatter = plot.Add.Scatter(xs, ys);
            scatter.LegendText = line;
            // Points that can be told apart are shown as such.
            scatter.MarkerSize = xs.Length > PointsMax ? 0 : scatter.MarkerSize;
        }
        plot.Axes.AutoScale();
        plot.Axes.SetLimits(left: 0, bottom: 0);
        plot.XLabel(x);
        plot.YLabel(y);
        plot.ShowLegend(Alignment.UpperLeft);
    });

    /// <summary>Areas one on the other, each as high as its series at that moment.</summary>
    /// <param name="xs">Where the values hold from, ascending; each until the next.</param>
    /// <param name="series">From the bottom up, by name.</param>
    /// <param name="top">Where the axis ends: all there is to share.</param>
    public static Picture Stack(string name, string title, string x, string y, double[] xs,
        IReadOnlyList<(string Name, double[] Values)> series, double top, string caption) => new(name, title, caption, plot =>
    {
        var below = new double[xs.Length];
        for (var s = 0; s < series.Count; s++)
        {
            double[] above = [.. below.Zip(series[s].Values, (b, v) => b + v)];
            var area = plot.Add.FillY(xs, below, above);
            area.FillColor = plot.Add.Palette.GetColor(s).WithAlpha(0.85);
            area.LineWidth = 0;
            area.MarkerSize = 0;
            area.LegendText = series[s].Name;
            below = above;
        }
        plot.Axes.SetLimits(left: 0, right: xs[^1], bottom: 0, top: top);
        plot.XLabel(x);
        plot.YLabel(y);
        plot.ShowLegend(Edge.Right);
    });

    /// <param name="mode">Stands before the title: <c>live</c> or <c>simulated</c>.</param>
    public byte[] Png(string mode)
    {
        using var plot = new Plot();
        plot.Title($"{char.ToUpperInvariant(mode[0])}{mode[1..]}: {_title}");
        _draw(plot);
        return plot.GetImageBytes(Width, Height, ImageFormat.Png);
    }
}
