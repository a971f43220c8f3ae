import { dirname, resolve } from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import { PLAN_ROWS } from '@/plan/fields';
import type { PlanField } from '@/plan/field-kinds';
import type { CommandIo } from '../command-io';
import { keyOf } from '../plan-flags';
import { loadConfig } from './load-config';
import type { LoadedConfig } from './load-config';

type Values = Record<string, unknown>;

export function configOption(): Option {
  return new Option(
    '--config <file>',
    'read settings from this file (default: the nearest oversell.config.json or .ts)',
  );
}

/**
 * Reads the settings of a command from a file before it runs. What the command line and the environment give counts
 * more.
 *
 * @throws UsageError
 */
export function readConfigFor(section: 'race' | 'explore', command: Command, io: CommandIo): void {
  command.addOption(configOption());
  command.hook('preAction', async (own) => {
    const loaded = await loadConfig(io.cwd, own.getOptionValue('config') as string | undefined);
    if (!loaded) return;
    const { server, quiet } = loaded.settings;
    const values = section === 'race' ? toRaceValues(loaded, own) : loaded.settings.explore;
    for (const [key, value] of Object.entries({ server, quiet, ...values })) {
      const source = own.getOptionValueSource(key);
      const isGiven = source !== undefined && source !== 'default';
      if (value !== undefined && value !== null && !isGiven)
        own.setOptionValueWithSource(key, value, 'config');
    }
  });
}

/** By the names under which commander keeps flags. */
function toRaceValues({ file, settings: { race = {} } }: LoadedConfig, command: Command): Values {
  const { invariants, thresholds, outputs, baseline, expect, trials, ...plan } = race;
  const here = (path: string) => (path === '-' ? path : resolve(dirname(file), path));
  const written = Object.entries(outputs ?? {}).map(([format, path = '-']) => `${format}=${here(path)}`);
  return {
    expect,
    trials,
    invariant: invariants,
    threshold: thresholds,
    output: outputs && written,
    baseline: baseline === undefined ? undefined : here(baseline),
    ...toPlanValues(plan, command),
  };
}

/** A flag can leave a field of the file without a meaning: `--duration` the attempts, `--model` the rate. */
function toPlanValues(plan: Values, command: Command): Values {
  const flag = (name: string): unknown => {
    const key = keyOf(name);
    return command.getOptionValueSource(key) === 'cli' ? command.getOptionValue(key) : undefined;
  };
  const fits = ({ models, targets }: PlanField) =>
    [[models, flag('model')] as const, [targets, flag('target')] as const].every(
      ([among, value]) => value === undefined || !Array.isArray(among) || among.includes(value),
    );
  const replaces = (field: PlanField) => ('unless' in field ? field.unless : undefined);
  const isReplaced = (name: string, field: PlanField) =>
    PLAN_ROWS.some(
      ([other, otherField]) =>
        flag(other) !== undefined && (replaces(otherField) === name || replaces(field) === other),
    );
  return Object.fromEntries(
    PLAN_ROWS.flatMap(([name, field]) => {
      const value = plan[name];
      if (value === undefined || !fits(field) || isReplaced(name, field)) return [];
      return [[keyOf(name), Array.isArray(value) ? value.join(',') : value]];
    }),
  );
}
