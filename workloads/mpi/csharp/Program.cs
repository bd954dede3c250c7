using System.Globalization;
using Agora.Mpi.Example;

// Pi by the integral of 4/(1+x²), each rank a part of the strips.
var mpi = Mpi.Load(args is [var library] ? library : "mpich");
mpi.Init();
try
{
    // A null reference becomes an exception in .NET by way of a signal, which the library must leave to it.
    _ = ((string)null!).Length;
    throw new InvalidOperationException("a null reference went unnoticed");
}
catch (NullReferenceException)
{
}
const int Strips = 1_000_000;
var part = 0.0;
for (var i = mpi.Rank; i < Strips; i += mpi.Size)
{
    var x = (i + 0.5) / Strips;
    part += 4 / (1 + (x * x));
}
var pi = mpi.Sum(part) / Strips;
if (mpi.Rank == 0)
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"pi is {pi:0.0000000000}, by {mpi.Size} ranks"));
mpi.Complete();
