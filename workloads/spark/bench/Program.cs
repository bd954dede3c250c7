using Agora.Spark.Bench;

// What 'agora bench spark' submits: programs that time themselves, and the same in plain C#. Each prints 'name value' lines.
switch (args)
{
    case ["lr", var points, var dimensions, var iterations]:
        Regression.Run(int.Parse(points), int.Parse(dimensions), int.Parse(iterations));
        break;
    case ["plain-lr", var points, var dimensions, var iterations]:
        Regression.RunPlain(int.Parse(points), int.Parse(dimensions), int.Parse(iterations));
        break;
    case ["lr-text", var file, var dimensions, var iterations]:
        Regression.RunText(file, int.Parse(dimensions), int.Parse(iterations));
        break;
    case ["words", var file]:
        Words.Run(file);
        break;
    case ["plain-words", var file]:
        Words.RunPlain(file);
        break;
    case ["tasks", var count]:
        EmptyTasks.Run(int.Parse(count));
        break;
    default:
        Console.Error.WriteLine("usage: lr|plain-lr POINTS DIMENSIONS ITERATIONS | lr-text FILE DIMENSIONS ITERATIONS | words|plain-words FILE | tasks COUNT");
        return 2;
}
return 0;
