/** @file `rnn completion`: a script that completes command lines in a shell. */
import { basename } from "node:path";
import { UsageError } from "../../common/errors.js";
import { suggestion } from "../../common/nearest.js";
import { command } from "./command.js";

/** Each script asks `rnn --completions` for the candidates; if it prints none, the shell completes file names. */
const scripts = {
  bash: `_rnn() {
  local IFS=$'\\n'
  COMPREPLY=($(rnn --completions -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _rnn rnn
`,
  zsh: `#compdef rnn
_rnn() {
  local -a candidates
  candidates=("\${(@f)$(rnn --completions -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$candidates" ]]; then compadd -- $candidates; else _files; fi
}
if [[ "$funcstack[1]" == _rnn ]]; then _rnn "$@"; else compdef _rnn rnn; fi
`,
  fish: `function __rnn_completions
  set -l words (commandline -opc) (commandline -ct)
  rnn --completions -- $words[2..-1] 2>/dev/null
end
complete -c rnn -a '(__rnn_completions)'
`,
};
type Shell = keyof typeof scripts;
const shells = Object.keys(scripts) as Shell[];

export default command({
  usage: "completion [shell]",
  reads: "the name of the shell; by default the one of the environment variable SHELL",
  writes: "a script for the shell: it completes commands, options, choices, presets and checkpoints",
  options: {},
  examples: [
    ['eval "$(rnn completion bash)"', "in ~/.bashrc"],
    ['eval "$(rnn completion zsh)"', "in ~/.zshrc, after compinit"],
    ["rnn completion fish > ~/.config/fish/completions/rnn.fish", "once"],
  ],
  handler: async (_options, { words: [name = basename(process.env["SHELL"] ?? "bash")] }) => {
    const shell = shells.find((one) => one === name);
    if (shell === undefined) throw new UsageError(`Unknown shell ${name}${suggestion(name, shells, "shells")}`);
    const { terminal } = await import("../terminal/terminal.js");
    await terminal.write(scripts[shell]);
  },
});
