using System.Text;
using Google.Protobuf;

namespace Agora.Election.Etcd;

/// <summary>What an election keeps in etcd, under the path of its URL.</summary>
/// <param name="path">Such as <c>/agora</c>.</param>
internal sealed class EtcdKeys(string path)
{
    /// <summary>One key a candidate, in the order of their creation; the first leads.</summary>
    public ByteString Masters { get; } = ByteString.CopyFromUtf8($"{path}/masters/");

    /// <summary>The key after all of <see cref="Masters"/>: its last byte is a slash, and '0' follows it.</summary>
    public ByteString MastersEnd { get; } = ByteString.CopyFromUtf8($"{path}/masters0");

    /// <summary>The last leader's, as a decimal number.</summary>
    public ByteString Epoch { get; } = ByteString.CopyFromUtf8($"{path}/epoch");

    /// <summary>What leaders hand on.</summary>
    public ByteString State { get; } = ByteString.CopyFromUtf8($"{path}/state");

    public ByteString Master(long lease) => ByteString.CopyFromUtf8($"{path}/masters/{lease:x16}");

    public static string Text(ByteString value) => Encoding.UTF8.GetString(value.Span);
}
