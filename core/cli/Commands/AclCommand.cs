using System.CommandLine;
using Agora.Security;

namespace Agora.Cli.Commands;

internal static class AclCommand
{
    private const int Denied = 1;

    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "The access list, as for 'agora master --acls'" };
        var principal = new Option<string?>("--principal") { Description = "Who would do it; without it only the file is checked" };
        var action = new Option<string?>("--action") { Description = string.Join(", ", AccessActions.All) };
        var what = new Option<string>("--what")
        {
            Description = "To what: a role (register, set-role), a user (run-as), a principal whose framework it is (kill, teardown, read-sandbox), a machine (drain)",
            DefaultValueFactory = _ => "*",
        };
        var check = new Command("check", $"Tell what an access list says, and by which line; nothing is done. Exit code 0 if it is allowed, {Denied} if not"
            .WithExample("agora acl check acls --principal alice --action kill --what bob"))
        {
            file, principal, action, what,
        };
        check.Does((parsed, _) =>
        {
            AccessList list;
            try
            {
                list = AccessList.Load(parsed.GetValue(file)!);
            }
            catch (SecurityFileException e)
            {
                throw new Failure("the access list cannot be used", e.Message, "correct it; a line is 'allow|deny WHO ACTION WHAT'", 2);
            }
            if (parsed.GetValue(principal) is not { } who)
            {
                Console.WriteLine("the access list can be used");
                return Task.FromResult(0);
            }
            if (!AccessActions.TryParse(parsed.GetValue(action) ?? "", out var done))
                throw new Failure($"'{parsed.GetValue(action)}' is not an action", $"it is none of {string.Join(", ", AccessActions.All)}", "name one with --action", 2);
            var verdict = list.Judge(who, done, parsed.GetValue(what)!);
            Console.WriteLine($"{(verdict.Allowed ? "allowed" : "denied")}: {(verdict.By is null ? "no line fits" : $"line {verdict.Line}: {verdict.By}")}");
            return Task.FromResult(verdict.Allowed ? 0 : Denied);
        });
        return new Command("acl", "Access lists: who may do what") { check };
    }
}
