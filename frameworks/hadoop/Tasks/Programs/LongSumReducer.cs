using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Agora.Hadoop.Tasks.Programs;

/// <summary>Gives each key with the sum of its values, which are whole numbers.</summary>
internal sealed class LongSumReducer : IReduceProgram
{
    public void Run(IGroupedRecords input, RecordHandler output)
    {
        var sum = 0L;
        var key = Array.Empty<byte>();
        var any = false;
        while (input.Next())
        {
            if (input.StartsGroup)
            {
                if (any)
                    output(key, Digits(sum));
                key = input.Key.ToArray();
                sum = 0;
                any = true;
            }
            sum += Number(input.Value);
        }
        if (any)
            output(key, Digits(sum));
    }

    private static byte[] Digits(long number) => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));

    private static long Number(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out long number, out var used) && used == text.Length ? number
        : throw new AttemptFailedException($"'{Encoding.UTF8.GetString(text)}' is not a whole number, and cannot be summed");
}
