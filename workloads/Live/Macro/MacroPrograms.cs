namespace Agora.Workloads.Live.Macro;

/// <summary>What the jobs of the mix run and read: programs for Hadoop Streaming, and a text from a fixed seed.</summary>
internal static class MacroPrograms
{
    public const string Python = "mix.py";

    public static void Write(string directory)
    {
        File.WriteAllText(Path.Combine(directory, Python), """
            #!/usr/bin/env python3
            # The queries of the mix, as Hadoop Streaming runs them: mix.py select|search|count|join|sum
            import sys

            def select(lines):
                for line in lines:
                    words = line.split()
                    if words and sum(map(len, words)) % 17 == 0 and len(set(words)) > 8:
                        print(line)

            def distance(a, b):
                row = list(range(len(b) + 1))
                for i, x in enumerate(a, 1):
                    last, row[0] = row[0], i
                    for j, y in enumerate(b, 1):
                        last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
                return row[-1]

            def search(lines):
                # What is spelled much like it.
                for line in lines:
                    if any(distance(word, 'agora') < 3 for word in line.split()):
                        print(line)

            def count(lines):
                for line in lines:
                    for word in line.split():
                        print(word, 1, sep='\t')

            def join(lines):
                # Two relations of the text: words by their first letters, lines by their last word.
                for line in lines:
                    words = line.split()
                    for word in words:
                        print(word[:2], 1, sep='\t')
                    print(words[-1][:2], 1000000, sep='\t')

            def add(lines):
                last, total = None, 0
                for line in lines:
                    key, _, value = line.partition('\t')
                    if key != last:
                        if last is not None:
                            print(last, total, sep='\t')
                        last, total = key, 0
                    total += int(value)
                if last is not None:
                    print(last, total, sep='\t')

            kinds = {'select': select, 'search': search, 'count': count, 'join': join, 'sum': add}
            kinds[sys.argv[1]](line.rstrip('\n') for line in sys.stdin)

            """);
        File.WriteAllText(Path.Combine(directory, "text.py"), """
            import itertools, random, sys
            random.seed(42)
            words = [''.join(random.choices('abcdefghijklmnopqrstuvwxyz', k=random.randint(2, 9))) for _ in range(20000)]
            cumulated = list(itertools.accumulate(1 / (i + 1) for i in range(len(words))))
            for _ in range(int(sys.argv[1])):
                print(' '.join(random.choices(words, cum_weights=cumulated, k=12)))

            """);
    }
}
