import type { CompletedFlag, CompletedValue, CompletionTree } from './completion-tree';

/** A script for zsh. It can be sourced after `compinit`, or saved as `_oversell` in a folder of `fpath`. */
export function toZsh({ program, flags, commands }: CompletionTree): string {
  const names = commands.map(({ name, about }) => quote(`${name}:${about.replaceAll(':', '\\:')}`));
  const cases = commands.map(({ name, flags: own, arguments: given }) => {
    const specs = [
      ...own.map(toSpec),
      ...given.map((value, i) => quote(`${i + 1}:${name}:${toAction(value)}`)),
    ];
    return `        ${name}) _arguments ${specs.map((spec) => `\\\n          ${spec}`).join(' ')} ;;`;
  });
  return `#compdef ${program}
# Completion of ${program} for zsh.
_${program}_output() {
  if compset -P '*='; then _files; else compadd -S = -- "$@"; fi
}
_${program}() {
  local context curcontext="$curcontext" state line
  typeset -A opt_args
  local -a commands=(${names.map((name) => `\n    ${name}`).join('')}
  )
  _arguments -C ${flags.map(toSpec).join(' ')} '1: :->command' '*:: :->rest'
  case $state in
    command) _describe -t commands command commands ;;
    rest)
      case $words[1] in
${cases.join('\n')}
        help) _describe -t commands command commands ;;
      esac ;;
  esac
}
if [[ $funcstack[1] == _${program} ]]; then _${program} "$@"; else compdef _${program} ${program}; fi
`;

  function toAction(value: CompletedValue): string {
    switch (value.kind) {
      case 'words':
        return `(${value.words.join(' ')})`;
      case 'list':
        return `_sequence compadd - ${value.words.join(' ')}`;
      case 'outputs':
        // the space keeps _arguments from adding arguments
        return ` _${program}_output ${value.words.join(' ')}`;
      case 'file':
        return '_files';
      case 'any':
        return ' ';
      default:
        return value satisfies never;
    }
  }

  function toSpec({ names: given, about, value, isRepeatable }: CompletedFlag): string {
    const written = given.map((name) => (value && name.startsWith('--') ? `${name}=` : name));
    const braces = written.length > 1 ? `{${written.join(',')}}` : (written[0] ?? '');
    const before = isRepeatable ? "'*'" : given.length > 1 ? `'(${given.join(' ')})'` : '';
    const rest = `[${about.replace(/[[\]\\:]/g, '\\$&')}]${value ? `:value:${toAction(value)}` : ''}`;
    return `${before}${braces}${quote(rest)}`;
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
