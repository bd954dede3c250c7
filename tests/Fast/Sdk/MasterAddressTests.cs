using Agora.Sdk;
using Xunit;

namespace Agora.Tests.Fast.Sdk;

public sealed class MasterAddressTests
{
    [Theory]
    [InlineData("http://host:5050", "http://host:5050")]
    [InlineData("https://host", "https://host")]
    [InlineData("host:5050", "http://host:5050")]
    [InlineData("127.0.0.1:5050", "http://127.0.0.1:5050")]
    [InlineData("[::1]:5050", "http://[::1]:5050")]
    public void A_URL_or_a_host_with_a_port_names_a_master(string named, string uri) =>
        Assert.Equal(uri, MasterAddress.Find(named)!.ToString());

    [Theory]
    [InlineData("ftp://host")]
    [InlineData("http://")]
    [InlineData("host:port")]
    [InlineData("two words")]
    public void What_is_no_URL_of_a_master_is_named(string named) => Assert.Equal($"'{named}' is not the URL of a master",
        Assert.Throws<FormatException>(() => MasterAddress.Find(named)).Message);
}
