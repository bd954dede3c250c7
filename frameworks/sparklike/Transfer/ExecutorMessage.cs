namespace Agora.Spark.Transfer;

/// <summary>What a driver says to executors beside tasks.</summary>
internal static class ExecutorMessage
{
    private const byte Rdd = 1, Broadcast = 2;

    public static byte[] ForgetRdd(int id) => [Rdd, .. BitConverter.GetBytes((long)id)];

    public static byte[] ForgetBroadcast(long id) => [Broadcast, .. BitConverter.GetBytes(id)];

    /// <summary>What is not understood is nothing of this version's, and is left.</summary>
    public static void Read(ReadOnlySpan<byte> message, Action<int> rdd, Action<long> broadcast)
    {
        if (message.Length != 1 + sizeof(long))
            return;
        var id = BitConverter.ToInt64(message[1..]);
        if (message[0] == Rdd)
            rdd((int)id);
        else if (message[0] == Broadcast)
            broadcast(id);
    }
}
