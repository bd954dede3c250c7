namespace Agora.Spark.Programs;

/// <summary>
/// Predicts ratings of movies by users: finds vectors of features for both whose products come near a matrix of ratings,
/// each side in turn while the other stands (alternating least squares, as in Spark's own example).
/// </summary>
internal static class AlternatingLeastSquares
{
    private const double Lambda = 0.01;

    public static ProgramResult Run(SparkContext sc, ProgramArguments arguments)
    {
        var (movies, users, features) = (arguments.Number(100), arguments.Number(200), arguments.Number(8));
        var (iterations, slices) = (arguments.Number(5), arguments.Number(4));
        var ratings = Ratings(movies, users, features);
        var transposed = Transpose(ratings);
        var (m, u) = Start(movies, users, features);
        var rows = sc.Broadcast(ratings);
        var columns = sc.Broadcast(transposed);
        for (var i = 0; i < iterations; i++)
        {
            var fixedUsers = sc.Broadcast(u);
            m = sc.Parallelize(Enumerable.Range(0, movies), slices).Map(j => Solve(rows.Value[j], fixedUsers.Value)).Collect();
            var fixedMovies = sc.Broadcast(m);
            u = sc.Parallelize(Enumerable.Range(0, users), slices).Map(j => Solve(columns.Value[j], fixedMovies.Value)).Collect();
        }
        return new ProgramResult([$"root mean square error {Error(ratings, m, u):F6}"], () =>
        {
            var (m2, u2) = Start(movies, users, features);
            for (var i = 0; i < iterations; i++)
            {
                m2 = [.. ratings.Select(r => Solve(r, u2))];
                u2 = [.. transposed.Select(r => Solve(r, m2))];
            }
            return ProgramResult.Difference("movies", [.. m.SelectMany(x => x)], [.. m2.SelectMany(x => x)]) ??
                ProgramResult.Difference("users", [.. u.SelectMany(x => x)], [.. u2.SelectMany(x => x)]);
        });
    }

    private static double[][] Ratings(int movies, int users, int features)
    {
        var random = new Random(42);
        var (m, u) = (Matrix(random, movies, features), Matrix(random, users, features));
        return [.. m.Select(row => u.Select(column => Dot(row, column)).ToArray())];
    }

    private static (double[][] Movies, double[][] Users) Start(int movies, int users, int features)
    {
        var random = new Random(7);
        return (Matrix(random, movies, features), Matrix(random, users, features));
    }

    private static double[][] Matrix(Random random, int rows, int columns) =>
        [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, columns).Select(_ => random.NextDouble()).ToArray())];

    private static double[][] Transpose(double[][] matrix) =>
        [.. Enumerable.Range(0, matrix[0].Length).Select(c => matrix.Select(row => row[c]).ToArray())];

    /// <summary>The vector x that brings others·x nearest to the ratings: (XᵀX + λnI) x = Xᵀr, by Cholesky's decomposition.</summary>
    private static double[] Solve(double[] ratings, double[][] others)
    {
        var n = others[0].Length;
        var a = new double[n, n];
        var b = new double[n];
        for (var o = 0; o < others.Length; o++)
        {
            for (var i = 0; i < n; i++)
            {
                b[i] += others[o][i] * ratings[o];
                for (var j = 0; j <= i; j++)
                    a[i, j] += others[o][i] * others[o][j];
            }
        }
        for (var i = 0; i < n; i++)
            a[i, i] += Lambda * others.Length;
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = a[i, j];
                for (var l = 0; l < j; l++)
                    sum -= a[i, l] * a[j, l];
                a[i, j] = i == j ? Math.Sqrt(sum) : sum / a[j, j];
            }
        }
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < i; j++)
                b[i] -= a[i, j] * b[j];
            b[i] /= a[i, i];
        }
        for (var i = n - 1; i >= 0; i--)
        {
            for (var j = i + 1; j < n; j++)
                b[i] -= a[j, i] * b[j];
            b[i] /= a[i, i];
        }
        return b;
    }

    private static double Error(double[][] ratings, double[][] movies, double[][] users)
    {
        var sum = 0.0;
        for (var i = 0; i < movies.Length; i++)
            for (var j = 0; j < users.Length; j++)
                sum += Math.Pow(ratings[i][j] - Dot(movies[i], users[j]), 2);
        return Math.Sqrt(sum / movies.Length / users.Length);
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
