using System.CommandLine;

namespace Agora.Cli.Commands;

/// <summary>Scripts by which shells complete the command's words; they ask the command itself what may come next.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _agora() {
          local IFS=$'\n'
          COMPREPLY=($(compgen -W "$(agora "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _agora agora
        """;

    private const string Zsh = """
        #compdef agora
        _agora() {
          local words_of_it=("${(@f)$(agora "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
          compadd -- $words_of_it
        }
        compdef _agora agora
        """;

    private const string Fish = """
        complete -c agora -f -a '(agora "[suggest:"(commandline -C)"]" (commandline) 2>/dev/null)'
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Print the script by which a shell completes this command's words"
            .WithExample("agora completion bash > /etc/bash_completion.d/agora")) { shell };
        command.Does((parsed, _) =>
        {
            Console.WriteLine(parsed.GetValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish });
            return Task.FromResult(0);
        });
        return command;
    }
}
