using System.Text.Json;

namespace Agora.Sdk;

/// <summary>A value on a <see cref="FrameworkPage"/>: a text, a number, a state, or how far something is.</summary>
public readonly record struct PageCell
{
    private readonly string? _text, _state;
    private readonly double? _number, _part;
    private readonly DateTimeOffset? _time;

    private PageCell(string? text = null, double? number = null, double? part = null, string? state = null, DateTimeOffset? time = null) =>
        (_text, _number, _part, _state, _time) = (text, number, part, state, time);

    public static implicit operator PageCell(string? text) => new(text: text ?? "");

    public static implicit operator PageCell(int number) => new(number: number);

    public static implicit operator PageCell(long number) => new(number: number);

    /// <param name="part">0 to 1.</param>
    /// <param name="text">Such as <c>4 of 10</c>.</param>
    public static PageCell Progress(double part, string text) => new(text: text, part: double.IsFinite(part) ? Math.Clamp(part, 0, 1) : 0);

    /// <summary>A state as tasks have them: <c>Running</c>, <c>Failed</c>; such a word is given its colour.</summary>
    public static PageCell State(string state) => new(state: state);

    /// <summary>A moment, shown as how long ago it was.</summary>
    public static PageCell Time(DateTimeOffset time) => new(time: time);

    internal static string Cut(string text) => text.Length <= FrameworkPage.TextMax ? text : text[..(FrameworkPage.TextMax - 1)] + "…";

    internal void Write(Utf8JsonWriter json)
    {
        if (_number is { } number)
        {
            json.WriteNumberValue(number);
            return;
        }
        if (_part is null && _state is null && _time is null)
        {
            json.WriteStringValue(Cut(_text ?? ""));
            return;
        }
        json.WriteStartObject();
        if (_part is { } part)
        {
            json.WriteNumber("part", Math.Round(part, 3));
            json.WriteString("text", Cut(_text ?? ""));
        }
        if (_state is { } state)
            json.WriteString("state", state);
        if (_time is { } time)
            json.WriteString("time", time);
        json.WriteEndObject();
    }
}
