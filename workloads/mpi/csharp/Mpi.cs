using System.Runtime.InteropServices;

namespace Agora.Mpi.Example;

/// <summary>
/// As much of MPI as the example needs, called in the library itself. The libraries differ in what a handle is: a number
/// that MPICH's header defines, an address of something in Open MPI's library.
/// </summary>
internal abstract unsafe class Mpi
{
    public static Mpi Load(string library) => library switch
    {
        "mpich" => new Mpich(),
        "openmpi" => new OpenMpi(),
        _ => throw new ArgumentException($"'{library}' is neither mpich nor openmpi", nameof(library)),
    };

    public abstract void Init();
    public abstract int Rank { get; }
    public abstract int Size { get; }
    public abstract double Sum(double value);
    public abstract void Complete();

    protected static void Check(int code)
    {
        if (code != 0)
            throw new InvalidOperationException($"MPI answered {code}");
    }

    private sealed class Mpich : Mpi
    {
        private const string Library = "libmpich.so.12";
        private const int World = 0x44000000, Double = 0x4c00080b, Add = 0x58000003;

        public override void Init() => Check(MPI_Init(null, null));

        public override int Rank
        {
            get
            {
                int rank;
                Check(MPI_Comm_rank(World, &rank));
                return rank;
            }
        }

        public override int Size
        {
            get
            {
                int size;
                Check(MPI_Comm_size(World, &size));
                return size;
            }
        }

        public override double Sum(double value)
        {
            double sum;
            Check(MPI_Allreduce(&value, &sum, 1, Double, Add, World));
            return sum;
        }

        public override void Complete() => Check(MPI_Finalize());

        [DllImport(Library)]
        private static extern int MPI_Init(int* count, byte*** words);

        [DllImport(Library)]
        private static extern int MPI_Comm_rank(int communicator, int* rank);

        [DllImport(Library)]
        private static extern int MPI_Comm_size(int communicator, int* size);

        [DllImport(Library)]
        private static extern int MPI_Allreduce(void* send, void* receive, int count, int type, int operation, int communicator);

        [DllImport(Library)]
        private static extern int MPI_Finalize();
    }

    private sealed class OpenMpi : Mpi
    {
        private const string Library = "libmpi.so.40";

        private readonly nint _library = NativeLibrary.Load(Library);

        public override void Init() => Check(MPI_Init(null, null));

        public override int Rank
        {
            get
            {
                int rank;
                Check(MPI_Comm_rank(Handle("ompi_mpi_comm_world"), &rank));
                return rank;
            }
        }

        public override int Size
        {
            get
            {
                int size;
                Check(MPI_Comm_size(Handle("ompi_mpi_comm_world"), &size));
                return size;
            }
        }

        public override double Sum(double value)
        {
            double sum;
            Check(MPI_Allreduce(&value, &sum, 1, Handle("ompi_mpi_double"), Handle("ompi_mpi_op_sum"), Handle("ompi_mpi_comm_world")));
            return sum;
        }

        public override void Complete() => Check(MPI_Finalize());

        private nint Handle(string name) => NativeLibrary.GetExport(_library, name);

        [DllImport(Library)]
        private static extern int MPI_Init(int* count, byte*** words);

        [DllImport(Library)]
        private static extern int MPI_Comm_rank(nint communicator, int* rank);

        [DllImport(Library)]
        private static extern int MPI_Comm_size(nint communicator, int* size);

        [DllImport(Library)]
        private static extern int MPI_Allreduce(void* send, void* receive, int count, nint type, nint operation, nint communicator);

        [DllImport(Library)]
        private static extern int MPI_Finalize();
    }
}
