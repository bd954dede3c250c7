using Agora.Spark.Analyzer;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit;

namespace Agora.Tests.Fast.Spark.Analyzer;

/// <summary>What the analyzer says of small programs: the rules, with the source they point at.</summary>
public class AnalyzerTests
{
    private static readonly MetadataReference[] References = [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(':')
        .Select(path => MetadataReference.CreateFromFile(path))];

    [Theory]
    [InlineData("nums.Map(x => x * factor);", "AGORA001 factor")]
    [InlineData("nums.Map(x => x * this.factor);", "AGORA001 this.factor")]
    [InlineData("nums.Map(x => Scale(x));", "AGORA001 Scale(x)")]
    [InlineData("nums.Map(Scale);", "AGORA001 Scale")]
    [InlineData("nums.Map(x => (this, x).Item2);", "AGORA001 this")]
    [InlineData("nums.Map(x => x * primary);", "AGORA001 primary")]
    [InlineData("nums.Map(x => factor + factor);", "AGORA001 factor")]
    [InlineData("var f = factor; nums.Map(x => x * f);", "")]
    [InlineData("nums.Map(x => nameof(factor).Length + x);", "")]
    [InlineData("nums.Map(x => new Program(0) { factor = x }.factor);", "")]
    public Task A_captured_object_is_told_with_the_member(string body, string expected) => Says(body, expected);

    [Theory]
    [InlineData("var sum = 0; nums.Foreach(x => sum += x);", "AGORA002 sum")]
    [InlineData("var sum = 0; nums.Foreach(x => { sum++; });", "AGORA002 sum")]
    [InlineData("var last = 0; nums.Foreach(x => last = x);", "AGORA002 last")]
    [InlineData("int a = 0, b = 0; nums.Foreach(x => (a, b) = (x, x));", "AGORA002 a, AGORA002 b")]
    [InlineData("var p = (1, 2); nums.Foreach(x => p.Item1 = x);", "AGORA002 p")]
    [InlineData("var text = 0; nums.Foreach(x => int.TryParse(\"1\", out text));", "AGORA002 text")]
    [InlineData("var sum = 0; void Add(int x) { sum += x; } nums.Foreach(x => Add(x));", "AGORA002 sum")]
    [InlineData("var sum = 0; void Add(int x) => sum += x; nums.Foreach(Add);", "AGORA002 sum")]
    [InlineData("var sum = 0; pairs.MapValues(v => sum = v);", "AGORA002 sum")]
    [InlineData("var sum = 0; sc.RunJob(nums, records => sum = records.Count());", "AGORA002 sum")]
    [InlineData("nums.Map(x => { var own = x; own++; return own; });", "")]
    [InlineData("var sum = sc.LongAccumulator(); nums.Foreach(x => sum.Add(x));", "")]
    [InlineData("var sum = 0; nums.Collect().ToList().ForEach(x => sum += x);", "")]
    [InlineData("var seen = 1; nums.Map(x => x + seen);", "")]
    public Task A_write_to_a_captured_variable_is_told(string body, string expected) => Says(body, expected);

    [Theory]
    [InlineData("nums.Map(x => x + Level);", "AGORA003 Level")]
    [InlineData("nums.Map(x => x + Program.Depth);", "AGORA003 Program.Depth")]
    [InlineData("nums.Map(x => x + Fixed + Constant + Derived);", "")]
    [InlineData("nums.Foreach(x => Level = x);", "")]
    [InlineData("nums.Foreach(x => Level += x);", "AGORA003 Level")]
    [InlineData("nums.Map(x => Console.Out.NewLine.Length + x);", "")]
    public Task A_static_that_may_change_is_told(string body, string expected) => Says(body, expected);

    [Theory]
    [InlineData("var to = new StringWriter(); nums.Foreach(x => to.Write(x));", "AGORA004 to")]
    [InlineData("var file = File.OpenRead(\"a\"); nums.Map(x => file.Position + x);", "AGORA004 file")]
    [InlineData("var words = new Regex(\"a\"); nums.Filter(x => words.IsMatch(\"\"));", "AGORA004 words")]
    [InlineData("var made = Task.FromResult(1); nums.Map(x => made.Result + x);", "AGORA004 made")]
    [InlineData("var late = new Lazy<int>(() => 1); nums.Map(x => late.Value + x);", "AGORA004 late")]
    [InlineData("nums.Map(x => sc.DefaultParallelism);", "AGORA004 sc")]
    [InlineData("nums.MapPartitions(all => { var to = new StringWriter(); foreach (var x in all) to.Write(x); return new[] { to.ToString() }; });", "")]
    public Task What_cannot_be_shipped_is_told(string body, string expected) => Says(body, expected);

    [Theory]
    [InlineData("nums.Map(x => x + nums.Count());", "AGORA005 nums")]
    [InlineData("nums.Map(x => pairs.Lookup(\"a\").Length);", "AGORA005 pairs")]
    [InlineData("nums.Map(x => kept.Count());", "AGORA005 kept")]
    [InlineData("nums.Union(nums).Map(x => x).Join(nums, x => x, y => y, (x, y) => x + y);", "")]
    public Task A_dataset_inside_of_a_function_is_told(string body, string expected) => Says(body, expected);

    [Theory]
    [InlineData("_ = from x in nums where x > factor select x;", "AGORA001 factor")]
    [InlineData("var low = 3; _ = from x in nums where x > low select x * 2;", "")]
    public Task Query_expressions_are_functions_too(string body, string expected) => Says(body, expected);

    /// <summary>Warnings about a method's body, in the order of the source.</summary>
    private static async Task Says(string body, string expected)
    {
        var source = $$"""
            using System;
            using System.Collections.Generic;
            using System.IO;
            using System.Linq;
            using System.Text.RegularExpressions;
            using System.Threading.Tasks;
            using Agora.Spark;

            class Program(int primary)
            {
                const int Constant = 1;
                static int Level = 1;
                static int Depth { get; set; } = 1;
                static readonly int Fixed = 1;
                static int Derived => Fixed;
                static readonly RDD<int> kept = null!;
                int factor = 2;

                int Scale(int x) => x * factor;

                void Run(SparkContext sc, RDD<int> nums, RDD<(string Key, int Value)> pairs)
                {
                    {{body}}
                }
            }
            """;
        var compilation = CSharpCompilation.Create("program", [CSharpSyntaxTree.ParseText(source, cancellationToken: TestContext.Current.CancellationToken)],
            References, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        Assert.DoesNotContain(compilation.GetDiagnostics(TestContext.Current.CancellationToken), d => d.Severity == DiagnosticSeverity.Error);
        var found = await compilation.WithAnalyzers([new ShippedFunctionAnalyzer()])
            .GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        var told = found.OrderBy(d => d.Location.SourceSpan.Start).ThenBy(d => d.Id, StringComparer.Ordinal)
            .Select(d => $"{d.Id} {source.Substring(d.Location.SourceSpan.Start, d.Location.SourceSpan.Length)}");
        Assert.Equal(expected, string.Join(", ", told));
    }
}
