using Agora.Spark.Blocks;
using Xunit;

namespace Agora.Tests.Fast.Spark.Blocks;

/// <summary>Estimates held against what the garbage collector counts.</summary>
public class ObjectSizeTests
{
    private sealed record Person(string Name, int Age, List<string> Words);

    private static void AssertNear<T>(Func<int, T> make)
    {
        var warm = ObjectSize.Of(make(-1));
        Assert.True(warm > 0);
        var items = new T[2000];
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < items.Length; i++)
            items[i] = make(i);
        var real = GC.GetAllocatedBytesForCurrentThread() - before + (items.Length * (long)System.Runtime.CompilerServices.Unsafe.SizeOf<T>());
        var meter = new SizeMeter<T>();
        foreach (var item in items)
            meter.Add(item);
        Assert.InRange(meter.Bytes, 0.9 * real, 1.1 * real);
    }

    [Fact]
    public void They_are_within_a_tenth()
    {
        AssertNear(i => i);
        AssertNear(i => (i, 2.5));
        AssertNear(i => new string('x', 100));
        AssertNear(i => (new string('x', 10), i));
        AssertNear(i => new double[16]);
        AssertNear(i => new Person(new string('n', 20), i, new List<string>(2) { new('a', 5), new('b', 50) }));
        AssertNear(i => new[] { new string('x', 30), new string('y', 30) });
        AssertNear(i => (object)i);
    }

    [Fact]
    public void An_object_that_refers_to_itself_and_one_that_is_shared_count_once()
    {
        var loop = new object[1];
        loop[0] = loop;
        Assert.Equal(8 + 32, ObjectSize.Of(loop));
        var text = new string('x', 1000);
        Assert.InRange(ObjectSize.Of(new[] { text, text, text }), 2000, 2200);
    }
}
