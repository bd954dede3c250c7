using System.Diagnostics;
using Agora.Torque.Jobs.Wire;
using Xunit;
namespace Agora.Tests.Live.Torque;
public sealed class PerfOnce(TestUser user) : IClassFixture<TestUser>
{
    [Fact]
    public async Task Perf()
    {
        await using var mom = new MomHarness(user);
        await mom.Run(mom.Job("true\n", "1"));
        for (var i = 0; i < 5; i++)
        {
            var one = Stopwatch.StartNew();
            await mom.Run(mom.Job("true\n", $"{i + 2}"));
            TestContext.Current.SendDiagnosticMessage($"one {one.Elapsed.TotalMilliseconds} ms");
            Console.WriteLine($"one {one.Elapsed.TotalMilliseconds} ms");
        }
        var jobs = Enumerable.Range(0, 500).Select(i => mom.Job("true\n", $"{100 + i}")).ToList();
        var self = Process.GetCurrentProcess().TotalProcessorTime;
        var all = Stopwatch.StartNew();
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ => { }));
        foreach (var j in jobs.Take(4)) { await mom.Send(new MomOrder.Start(j)); next++; }
        for (var done = 0; done < 500; done++)
        {
            var e = await mom.Next<MomReport.Ended>();
            await mom.Send(new MomOrder.Forget(e.JobId, 1));
            if (next < 500) await mom.Send(new MomOrder.Start(jobs[next++]));
        }
        Console.WriteLine($"500 in {all.Elapsed.TotalSeconds} s, own cpu {(Process.GetCurrentProcess().TotalProcessorTime - self).TotalSeconds} load {File.ReadAllText("/proc/loadavg")}");
    }
}
