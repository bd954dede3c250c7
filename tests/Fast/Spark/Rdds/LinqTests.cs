using Agora.Spark;
using Xunit;

namespace Agora.Tests.Fast.Spark.Rdds;

public sealed class LinqTests : IDisposable
{
    private readonly InProcess _spark = new();

    private SparkContext Sc => _spark.Context;

    private RDD<(string Name, int Age)> People => Sc.Parallelize<(string Name, int Age)>([("ann", 30), ("bob", 17), ("cid", 30)], 2);

    private RDD<(string Owner, string Pet)> Pets => Sc.Parallelize<(string Owner, string Pet)>([("ann", "cat"), ("cid", "dog"), ("cid", "eel")], 2);

    public void Dispose() => _spark.Dispose();

    [Fact]
    public void A_query_filters_orders_and_selects()
    {
        var names = from person in People
                    where person.Age >= 18
                    let upper = person.Name.ToUpperInvariant()
                    orderby upper descending
                    select upper;
        Assert.Equal(["CID", "ANN"], names.Collect());
    }

    [Fact]
    public void A_query_takes_apart_joins_and_groups()
    {
        var letters = from person in People
                      from letter in person.Name
                      where letter < 'c'
                      select (person.Age, letter);
        Assert.Equal([(17, 'b'), (17, 'b'), (30, 'a')], letters.Collect().Order());
        var owned = from person in People
                    join pet in Pets on person.Name equals pet.Owner
                    select $"{person.Name} {person.Age} {pet.Pet}";
        Assert.Equal(["ann 30 cat", "cid 30 dog", "cid 30 eel"], owned.Collect().Order());
        var counts = from person in People
                     join pet in Pets on person.Name equals pet.Owner into pets
                     select (person.Name, pets.Count);
        Assert.Equal([("ann", 1), ("bob", 0), ("cid", 2)], counts.Collect().Order());
        var byAge = from person in People
                    group person.Name by person.Age into ages
                    orderby ages.Key
                    select (ages.Key, string.Join(',', ages.Values.Order()));
        Assert.Equal([(17, "bob"), (30, "ann,cid")], byAge.Collect());
    }

    [Fact]
    public void Methods_have_the_names_that_linq_gave_them()
    {
        var numbers = Sc.Parallelize([3, 1, 2], 2);
        Assert.Equal([30, 20], numbers.Where(x => x > 1).Select(x => x * 10).Collect());
        Assert.Equal([1, 2, 3], numbers.OrderBy(x => x).Collect());
        Assert.Equal([3, 3, 1, 1, 2, 2], numbers.SelectMany(x => new[] { x, x }).Collect());
        Assert.Equal([3, 1, 2, 3, 1, 2], numbers.Concat(numbers).Collect());
    }
}
