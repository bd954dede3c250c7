using System.CommandLine;
using Agora.Security;
using Agora.Security.Tls;

namespace Agora.Cli.Commands;

internal static class CertsCommand
{
    private const int AuthorityDays = 3650, CertificateDays = 825;

    public static Command Create() => new("certs", "Certificates for TLS between the parts of a cluster") { Authority(), Issue() };

    private static Command Authority()
    {
        var directory = new Argument<string>("directory") { Description = "Gets ca.crt and ca.key; the key stays there" };
        var days = Days(AuthorityDays);
        var command = new Command("ca", "Make the authority that signs all others".WithExample("agora certs ca /etc/agora/ca")) { directory, days };
        command.Does((parsed, _) => Try(() =>
        {
            CertificateMaker.MakeAuthority(parsed.GetValue(directory)!, "Agora cluster", Lifetime(parsed.GetValue(days)), DateTimeOffset.UtcNow);
            Console.WriteLine($"{parsed.GetValue(directory)} holds a new authority");
        }));
        return command;
    }

    private static Command Issue()
    {
        var principal = new Argument<string>("principal") { Description = "Whom the certificate shows" };
        var authority = new Option<string>("--ca") { Description = "Directory of the authority", Required = true };
        var directory = new Option<string>("--out") { Description = "Gets ca.crt, tls.crt and tls.key: for --tls-dir, or $AGORA_TLS_DIR of who connects", Required = true };
        var hosts = new Option<string?>("--host") { Description = "Names and addresses at which it is reached, with commas; none for who only connects", HelpName = "names" };
        var days = Days(CertificateDays);
        var command = new Command("issue", "Make a certificate for one program or person"
            .WithExample("agora certs issue master1 --ca /etc/agora/ca --host master1.example.org,10.0.0.1 --out /etc/agora/tls"))
        {
            principal, authority, directory, hosts, days,
        };
        command.Does((parsed, _) => Try(() =>
        {
            var name = parsed.GetValue(principal)!;
            if (!Principal.IsName(name))
                throw new SecurityFileException($"'{name}' is not a principal's name: letters, digits, '_', '-' and '.', 64 at most");
            CertificateMaker.Issue(parsed.GetValue(authority)!, parsed.GetValue(directory)!, name,
                parsed.GetValue(hosts)?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [], Lifetime(parsed.GetValue(days)), DateTimeOffset.UtcNow);
            Console.WriteLine($"{parsed.GetValue(directory)} holds a certificate of {name}");
        }));
        return command;
    }

    private static Option<int> Days(int usual) => new("--days") { Description = "How long it holds", DefaultValueFactory = _ => usual };

    private static TimeSpan Lifetime(int days) => days is > 0 and <= 36500 ? TimeSpan.FromDays(days)
        : throw new SecurityFileException($"--days {days} is not between 1 and 36500");

    private static Task<int> Try(Action make)
    {
        try
        {
            make();
            return Task.FromResult(0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SecurityFileException or System.Security.Cryptography.CryptographicException)
        {
            throw new Failure("no certificate is made", e.Message, "name other directories, or see 'agora certs --help'", 2);
        }
    }
}
