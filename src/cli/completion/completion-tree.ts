import type { Argument, Command, Option } from 'commander';

/**
 * What can be written as a value: one of some words, several of them between commas, a word, `=` and a file, a file, or
 * anything.
 */
export type CompletedValue =
  { kind: 'words' | 'list' | 'outputs'; words: readonly string[] } | { kind: 'file' | 'any' };

export interface CompletedFlag {
  /** The long name first: `--strategy`, `-s`. */
  names: string[];
  about: string;
  /** Null for a flag without a value. */
  value: CompletedValue | null;
  isRepeatable: boolean;
}

export interface CompletedCommand {
  name: string;
  about: string;
  flags: CompletedFlag[];
  arguments: CompletedValue[];
}

/** What a shell can complete. */
export interface CompletionTree {
  program: string;
  /** Of the program itself. */
  flags: CompletedFlag[];
  commands: CompletedCommand[];
}

/** Values that the flags and arguments do not name themselves, by the placeholder in `--strategy <ids>`. */
export type Placeholders = Readonly<Record<string, CompletedValue>>;

/** Reads what can be completed from the commands as they are defined. */
export function toCompletionTree(program: Command, placeholders: Placeholders): CompletionTree {
  const flagsOf = (command: Command) =>
    command
      .createHelp()
      .visibleOptions(command)
      .map((option) => toFlag(option, placeholders));
  return {
    program: program.name(),
    flags: flagsOf(program),
    commands: program.commands.map((command) => ({
      name: command.name(),
      about: command.summary() || command.description(),
      flags: flagsOf(command),
      arguments: command.registeredArguments.map((argument) => valueOf(argument, placeholders)),
    })),
  };
}

function toFlag(option: Option, placeholders: Placeholders): CompletedFlag {
  const takesValue = option.required || option.optional;
  return {
    names: [option.long, option.short].filter((name) => name !== undefined),
    about: option.description,
    value: takesValue ? valueOf(option, placeholders) : null,
    isRepeatable: option.parseArg !== undefined,
  };
}

function valueOf(of: Option | Argument, placeholders: Placeholders): CompletedValue {
  if (of.argChoices) return { kind: 'words', words: of.argChoices };
  const placeholder = 'flags' in of ? (/<(.+)>/.exec(of.flags)?.[1] ?? '') : of.name();
  if (placeholder.includes('|')) return { kind: 'words', words: placeholder.split('|') };
  return placeholders[placeholder] ?? { kind: 'any' };
}
