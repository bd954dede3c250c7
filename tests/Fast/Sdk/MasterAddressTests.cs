using Agora.Sdk;
using Xunit;

namespace Agora.Tests.Fast.Sdk;

public sealed class MasterAddressTests
{
    [Theory]
    [InlineData("http://host:5050", "http://host:5050/")]
    [InlineData("https://host", "https://host/")]
    [InlineData("host:5050", "http://host:5050/")]
    [InlineData("127.0.0.1:5050", "http://127.0.0.1:5050/")]
    [InlineData("[::1]:5050", "http://[::1]:5050/")]
    public void A_URL_or_a_host_with_a_port_names_a_master(string named, string uri) =>
        Assert.Equal(uri, MasterAddress.Find(named)!.ToString());

    [Theory]
    [InlineData("ftp://host")]
    [InlineData("http://")]
    [InlineData("host:port")]
    [InlineData("two words")]
    public void What_is_no_URL_is_named_with_the_form_it_should_have(string named)
    {
        var message = Assert.Throws<FormatException>(() => MasterAddress.Find(named)).Message;
        Assert.Contains($"'{named}'", message, StringComparison.Ordinal);
        Assert.Contains("http://HOST:PORT", message, StringComparison.Ordinal);
    }
}
