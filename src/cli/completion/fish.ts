import type { CompletedFlag, CompletedValue, CompletionTree } from './completion-tree';

/** A script for fish 3 and later. */
export function toFish({ program, flags, commands }: CompletionTree): string {
  const line = (...parts: string[]) => ['complete -c', program, ...parts].join(' ');
  const lines = [
    line('-f'),
    ...flags.map((flag) => line('-n __fish_use_subcommand', ...toFlag(flag))),
    ...commands.flatMap(({ name, about, flags: own, arguments: given }) => {
      const within = `-n '__fish_seen_subcommand_from ${name}'`;
      return [
        line('-n __fish_use_subcommand', `-a ${name} -d ${quote(about)}`),
        ...own.map((flag) => line(within, ...toFlag(flag))),
        ...given.slice(0, 1).map((value) => line(within, ...toArgument(value))),
      ];
    }),
  ];
  return `# Completion of ${program} for fish.
function __${program}_list
  set -l typed (string replace -r '^--[^=]*=' '' -- (commandline -ct))
  printf '%s\\n' (string replace -r '[^,]*$' '' -- $typed)$argv
end
${lines.join('\n')}
`;

  function toFlag({ names, about, value }: CompletedFlag): string[] {
    const written = names.map((name) =>
      name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
    );
    return [...written, ...(value ? toValue(value) : []), `-d ${quote(about)}`];
  }

  function toValue(value: CompletedValue): string[] {
    switch (value.kind) {
      case 'words':
        return [`-x -a '${value.words.join(' ')}'`];
      case 'list':
        return [`-x -a '(__${program}_list ${value.words.join(' ')})'`];
      case 'outputs':
        // fish completes a file after "="
        return [`-r -F -a '${value.words.map((word) => `${word}=`).join(' ')}'`];
      case 'file':
        return ['-r -F'];
      case 'any':
        return ['-x'];
      default:
        return value satisfies never;
    }
  }

  function toArgument(value: CompletedValue): string[] {
    if (value.kind === 'file') return ['-F'];
    return 'words' in value ? [`-a '${value.words.join(' ')}'`] : [];
  }
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
