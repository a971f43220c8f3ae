import type { CompletedCommand, CompletedValue, CompletionTree } from './completion-tree';

/**
 * A script for bash 3.2 and later. It needs no other one: not even the package bash-completion, which macOS does not
 * have.
 */
export function toBash({ program, flags, commands }: CompletionTree): string {
  const all: CompletedCommand[] = [
    { name: '', about: '', flags, arguments: [namesOf(commands)] },
    ...commands,
    { name: 'help', about: '', flags: [], arguments: [namesOf(commands)] },
  ];
  const values = all.flatMap((command) =>
    command.flags.flatMap(({ names, value }) =>
      value ? [`    ${names.map((name) => `'${command.name} ${name}'`).join('|')}) ${assign(value)} ;;`] : [],
    ),
  );
  const positions = all.map((command) => {
    const names = command.flags.flatMap((flag) => flag.names).join(' ');
    const [value = { kind: 'any' }] = command.arguments;
    return `      '${command.name}') flags='${names}' ${assign(value)} ;;`;
  });
  return `# Completion of ${program} for bash.
_${program}() {
  local line=\${COMP_LINE:0:COMP_POINT} current command='' flag='' flags='' kind='' words='' prefix='' word IFS=$' \\t\\n'
  local -a typed
  read -ra typed <<< "$line"
  [[ $line == *[[:space:]] ]] && typed+=('')
  current=\${typed[\${#typed[@]} - 1]}
  for word in "\${typed[@]:1:\${#typed[@]} - 2}"; do
    [[ $word == -* ]] || { command=$word; break; }
  done
  if [[ $current == --*=* ]]; then
    flag=\${current%%=*} prefix=\${current%%=*}= current=\${current#*=}
  elif ((\${#typed[@]} > 2)); then
    flag=\${typed[\${#typed[@]} - 2]}
  fi
  case "$command $flag" in
${values.join('\n')}
  esac
  if [[ $kind == '' ]]; then
    case $command in
${positions.join('\n')}
    esac
    [[ $current == -* ]] && kind=words words=$flags
  fi
  if [[ $kind == outputs && $current == *=* ]]; then
    kind=file prefix+=\${current%%=*}= current=\${current#*=}
  fi
  # bash replaces only what follows the last of these
  [[ $COMP_WORDBREAKS == *=* ]] && prefix=''
  COMPREPLY=()
  case $kind in
    words) COMPREPLY=($(compgen -P "$prefix" -W "$words" -- "$current")) ;;
    list)
      [[ $current == *,* ]] && prefix+=\${current%,*},
      COMPREPLY=($(compgen -P "$prefix" -W "$words" -- "\${current##*,}"))
      compopt -o nospace 2> /dev/null
      ;;
    outputs)
      COMPREPLY=($(compgen -P "$prefix" -S = -W "$words" -- "$current"))
      compopt -o nospace 2> /dev/null
      ;;
    file)
      IFS=$'\\n'
      COMPREPLY=($(compgen -P "$prefix" -f -- "$current"))
      compopt -o filenames 2> /dev/null
      ;;
  esac
}
complete -F _${program} ${program}
`;
}

function namesOf(commands: readonly CompletedCommand[]): CompletedValue {
  return { kind: 'words', words: commands.map(({ name }) => name) };
}

function assign(value: CompletedValue): string {
  return 'words' in value ? `kind=${value.kind} words='${value.words.join(' ')}'` : `kind=${value.kind}`;
}
