import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { commandIo } from '../../../tests/fixtures/command-io';
import { runCommand } from '../program';

const scripts: Record<string, string> = {};
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'oversell-completion-'));
  writeFileSync(join(folder, 'races of today.json'), '');
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { io, output } = commandIo();
    expect(await runCommand(['completion', shell], io, '0.0.0')).toBe(0);
    scripts[shell] = output();
    writeFileSync(join(folder, `complete.${shell}`), output());
  }
  return () => rmSync(folder, { recursive: true });
});

function run(shell: string, args: readonly string[]): string[] {
  const output = execFileSync(shell, args, { cwd: folder, encoding: 'utf8' });
  return output.split('\n').filter((line) => line !== '');
}

/** What bash offers for a line, by the same variables that it sets when Tab is pressed. */
function inBash(line: string, breaks = '=:'): string[] {
  const script = `
    source complete.bash
    COMP_WORDBREAKS=$2 COMP_LINE=$1 COMP_POINT=\${#1}
    _oversell
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  return run('bash', ['--norc', '-c', script, 'bash', line, breaks]);
}

describe('in bash', () => {
  test.for<[string, string[]]>([
    ['oversell ra', ['race']],
    ['oversell --v', ['--version']],
    ['oversell help au', ['audit']],
    ['oversell race --mod', ['--model']],
    ['oversell race --model ', ['closed', 'burst', 'open']],
    ['oversell race --model=cl', ['closed']],
    ['oversell race --stock 5 --expect l', ['label']],
    ['oversell race --json --mod', ['--model']],
    ['oversell race -s conditional-u', ['conditional-update']],
    ['oversell race --strategy safe,read-then', ['safe,read-then-write']],
    ['oversell explore conditional-u', ['conditional-update']],
    ['oversell explore --crash redis-lua-g', ['redis-lua-gate']],
    ['oversell race -o ju', ['junit=']],
    ['oversell report rac', ['races of today.json']],
    ['oversell race --baseline rac', ['races of today.json']],
    ['oversell race -o json=rac', ['races of today.json']],
    ['oversell completion f', ['fish']],
    ["oversell race --invariant '$(touch ran)' --mod", ['--model']],
    ['oversell nonsense --x', []],
  ])('%s', ([line, offered]) => {
    expect(inBash(line)).toEqual(offered);
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });

  test('offers whole words where bash does not cut them at "="', () => {
    expect(inBash('oversell race --model=cl', ' ')).toEqual(['--model=closed']);
    expect(inBash('oversell race -o json=rac', ' ')).toEqual(['json=races of today.json']);
  });

  test('offers every command', async () => {
    const { io, output } = commandIo();
    await runCommand(['--help'], io, '0.0.0');
    const [, list = ''] = output().split('Commands:\n');
    const commands = [...list.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name);
    expect(commands.length).toBeGreaterThan(7);
    expect(inBash('oversell ').sort()).toEqual(commands.filter((name) => name !== 'help').sort());
  });
});

const hasShell = (name: string) =>
  (process.env.PATH ?? '').split(delimiter).some((path) => existsSync(join(path, name)));

// each is tried where it is installed; bash is everywhere
if (hasShell('fish'))
  test('in fish', () => {
    const inFish = (line: string) =>
      run('fish', ['--no-config', '-c', 'source complete.fish; complete -C $argv', line]).map(
        (offered) => offered.split('\t')[0],
      );
    expect(inFish('oversell ra')).toEqual(['race']);
    expect(inFish('oversell race --mod')).toEqual(['--model']);
    expect(inFish('oversell race --model cl')).toEqual(['closed']);
    expect(inFish('oversell race --strategy safe,read-then')).toEqual(['safe,read-then-write']);
    expect(inFish('oversell race --strategy=safe,read-then')).toEqual(['--strategy=safe,read-then-write']);
    expect(inFish('oversell explore conditional-u')).toEqual(['conditional-update']);
    expect(inFish('oversell race -o ju')).toEqual(['junit=']);
    expect(inFish('oversell report rac')).toEqual(['races of today.json']);
  });

if (hasShell('zsh'))
  test('in zsh', () => {
    // a terminal within zsh, as its completion works in no other place; it waits until the text is shown
    const script = `
      zmodload zsh/zpty
      zpty shell zsh -f -i
      zpty -w shell 'autoload -Uz compinit; compinit -u -D; source complete.zsh; bindkey "^I" list-choices; echo re""ady'
      zpty -r -m shell line '*ready*'
      zpty -n -w shell "$1"$'\\t'
      zpty -r -m shell line "*$2*"
      zpty -d shell
      print -r -- $line`;
    const inZsh = (line: string, shown: string) =>
      run('zsh', ['-f', '-c', script, 'zsh', line, shown]).join('\n');
    for (const [line, shown] of [
      ['oversell ', 'runs every interleaving'],
      ['oversell race --s', '--strategy'],
      ['oversell race --model ', 'closed'],
      ['oversell explore redis-lua-g', 'redis-lua-gate'],
      ['oversell race -o j', 'junit'],
    ] as const)
      expect(inZsh(line, shown)).toContain(shown);
  });
