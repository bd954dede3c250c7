using System.CommandLine;
using Agora.Security;

namespace Agora.Cli.Commands;

internal static class CredentialCommand
{
    public static Command Create()
    {
        var principal = new Argument<string>("principal") { Description = "Whom it is for" };
        var roles = new Option<string>("--roles") { Description = "agent, framework, operator, or several with commas", Required = true };
        var list = new Option<string>("--list") { Description = "The masters' list, 'agora master --credentials', to which its line is added", Required = true };
        var file = new Option<string>("--out") { Description = "The principal's own file, for --credential or $AGORA_CREDENTIAL", Required = true };
        var command = new Command("credential", ("Make a secret for a principal: a file of its own, and a line in the masters' list. A principal that has " +
            "one gets another, and both hold until a line is taken out").WithExample("agora credential alice --roles framework --list /etc/agora/credentials --out alice.credential"))
        {
            principal, roles, list, file,
        };
        command.Does((parsed, cancellation) =>
        {
            var (listed, own) = (parsed.GetValue(list)!, parsed.GetValue(file)!);
            try
            {
                var made = Credential.Create(parsed.GetValue(principal)!);
                var before = File.Exists(listed) ? PrivateFile.Read(listed) : "";
                var after = (before.Length == 0 || before.EndsWith('\n') ? before : before + "\n") + made.ToListLine(parsed.GetValue(roles)!);
                _ = CredentialList.Parse(after);
                PrivateFile.Write(own, made.ToFile());
                PrivateFile.Write(listed, after);
            }
            catch (Exception e) when (e is FormatException or SecurityFileException or IOException or UnauthorizedAccessException)
            {
                throw new Failure($"no credential is made for '{parsed.GetValue(principal)}'", e.Message, "see 'agora credential --help'", 2);
            }
            Console.WriteLine($"{own} holds the secret of {parsed.GetValue(principal)}; masters with {listed} know it within a second");
            return Task.FromResult(0);
        });
        return command;
    }
}
