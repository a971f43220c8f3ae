import { expect, it } from 'vitest';
import { parsePlan } from '@/jobs/race/parse-plan';
import { PLAN_PRESETS } from '@/plan/presets';
import { describeStrategy, loadStrategies } from '@/scenarios/registry';
import { strategyFolder } from '@/services/process/program';
import { readAddress, toAddress } from '@/plan/address';
import { splitTrials, meaningfulText } from '@/plan/form';
import { fieldsOfPreset } from './preset-row';

const strategies = await loadStrategies(strategyFolder);
const catalogue = [...strategies.values()].map(describeStrategy);

it.for(PLAN_PRESETS)('$title is a plan that can be raced, as the form posts it', (preset) => {
  const fields = fieldsOfPreset(preset, catalogue);
  const parsed = parsePlan(splitTrials(meaningfulText(fields)).race, strategies, { fromForm: true });
  expect(parsed).toMatchObject({ ok: true });
  if (!parsed.ok) return;
  const { strategies: wanted, ...rest } = preset.plan;
  const ids = wanted === 'all' ? [...strategies.keys()] : wanted;
  expect([...parsed.plan.strategies].sort()).toEqual([...ids].sort());
  expect(parsed.plan).toMatchObject(rest);
});

it.for(PLAN_PRESETS)('$title has an address of its own', (preset) => {
  const fields = fieldsOfPreset(preset, catalogue);
  const address = toAddress(fields);
  // an address without a plan would leave the form folded away
  expect(address).not.toBe('/');
  expect(readAddress(new URL(address, 'http://lab').searchParams, [...strategies.keys()])).toEqual({
    text: fields,
    issues: [],
    isPlan: true,
  });
});

it('says of each what it shows and how long it takes', () => {
  for (const { id, title, shows, takes } of PLAN_PRESETS) {
    expect(id).toMatch(/^[a-z-]+$/);
    expect(title.length).toBeGreaterThan(3);
    expect(shows).toMatch(/\w.*\.$/);
    expect(takes).toMatch(/^about \d+ (s|min)$/);
  }
  expect(new Set(PLAN_PRESETS.map(({ id }) => id)).size).toBe(PLAN_PRESETS.length);
});
