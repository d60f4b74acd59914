using System.CommandLine;

namespace Qmp.Shell.CommandLine;

/// <summary>Prints what has a shell complete our command line.</summary>
/// <remarks>
/// The scripts know nothing themselves: they hand the line to the directive <c>[suggest:POSITION]</c> of this program,
/// which answers with words, one a line. Where it has none, the shell completes names of files.
/// </remarks>
internal sealed class CompletionCommand : Command
{
    // The line is handed over with the program's plain name in front, however it was called.
    private const string Bash =
        """
        # In ~/.bashrc: eval "$(qmp-shell completion bash)"
        _qmp_shell() {
          local program=${COMP_LINE%%[[:space:]]*} line IFS=$'\n'
          line="qmp-shell${COMP_LINE:${#program}:COMP_POINT-${#program}}"
          COMPREPLY=($(compgen -W "$("$program" "[suggest:${#line}]" "$line" 2> /dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _qmp_shell qmp-shell
        """;

    private const string Zsh =
        """
        #compdef qmp-shell
        # In ~/.zshrc, after compinit: eval "$(qmp-shell completion zsh)"
        _qmp_shell() {
          local line="qmp-shell ${(j: :)${(@)words[2,CURRENT]}}"
          local -a found=(${(f)"$("$words[1]" "[suggest:${#line}]" "$line" 2> /dev/null)"})
          compadd -a found
          _files
        }
        compdef _qmp_shell qmp-shell
        """;

    private const string Fish =
        """
        # In ~/.config/fish/completions/qmp-shell.fish, or: qmp-shell completion fish | source
        function __qmp_shell
          set -l words (commandline -opc)
          set -l line (string join ' ' qmp-shell $words[2..] (commandline -ct))
          $words[1] "[suggest:"(string length -- "$line")"]" "$line" 2> /dev/null
        end
        complete -c qmp-shell -a '(__qmp_shell)'
        """;

    private readonly Argument<string> _shell = new("SHELL") { Description = "bash, zsh or fish." };

    public CompletionCommand()
        : base("completion", "Prints a script that has a shell complete this program's options and the server's commands.")
    {
        _shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        Add(_shell);
        SetAction(parsed => parsed.InvocationConfiguration.Output.WriteLine(Script(parsed.GetRequiredValue(_shell))));
    }

    private static string Script(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        _ => Fish,
    };
}
