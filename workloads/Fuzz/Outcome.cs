using System.Text;

namespace Agora.Workloads.Fuzz;

/// <summary>What tells ways through a reader apart.</summary>
internal static class Outcome
{
    private const int LengthMax = 60;

    /// <summary>A refusal's words, without what differs from input to input: numbers and what stands in quotes.</summary>
    public static string Of(Exception refusal)
    {
        var text = new StringBuilder(refusal.GetType().Name);
        var quoted = false;
        foreach (var c in refusal.Message)
        {
            if (c is '\'' or '"')
                quoted = !quoted;
            else if (!quoted && char.IsAsciiLetter(c))
                text.Append(c);
            if (text.Length >= LengthMax)
                break;
        }
        return text.ToString();
    }
}
