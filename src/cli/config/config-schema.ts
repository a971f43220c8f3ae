import { z } from 'zod';
import { explorationRequest } from '@/jobs/exploration/exploration-request';
import { EXPERIMENT_LIMITS } from '@/model/experiment';
import { wholeNumber } from '@/plan/input-messages';
import { planSettings } from '@/plan/schema';
import { ConditionError, parseCondition } from '@/report/condition';
import { EXPECTATIONS } from '@/report/race-report';
import { OUTPUT_FORMATS } from '../report-files';

const { min, max } = EXPERIMENT_LIMITS.trials;

const condition = z.string().superRefine((text, context) => {
  try {
    parseCondition(text);
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error;
    context.addIssue({ code: 'custom', message: `is "${text}": ${error.message}` });
  }
});

const expect = z.enum(EXPECTATIONS).optional().meta({
  description: 'What every lane has to do: hold, break, or what its class says',
});

type ExplorationSettings = Omit<z.input<typeof explorationRequest>, 'strategy'>;

const { strategy: _argument, ...explorationFields } = explorationRequest.shape;
/** Without their defaults, which the request fills in. */
const explorationSettings = Object.fromEntries(
  Object.entries(explorationFields).map(([name, field]) => {
    const schema = field instanceof z.ZodDefault ? (field.unwrap() as z.ZodType) : field;
    return [name, schema.optional().meta({ ...field.meta() })];
  }),
) as unknown as {
  [K in keyof ExplorationSettings]-?: z.ZodType<ExplorationSettings[K], ExplorationSettings[K]>;
};

/** The settings of `race`, `explore` and all commands with a lab, as `oversell.config.json` holds them. */
export const configSchema = z
  .strictObject({
    $schema: z.string().optional().meta({ description: 'Where the schema of this file is, for an editor' }),
    server: z.string().optional().meta({ description: 'The address of a running server to use' }),
    quiet: z.boolean().optional().meta({ description: 'Print no progress' }),
    race: z
      .strictObject({
        ...planSettings,
        expect,
        invariants: z.array(condition).optional().meta({
          description: 'Conditions that every lane has to meet, such as oversold==0',
        }),
        thresholds: z
          .array(condition)
          .optional()
          .meta({ description: 'The same for limits, such as p99<200' }),
        trials: wholeNumber(min, max).optional().meta({ description: 'Race the plan this often' }),
        baseline: z.string().min(1).optional().meta({
          description: 'A JSON report to compare with, relative to this file',
        }),
        outputs: z.partialRecord(z.enum(OUTPUT_FORMATS), z.string().min(1)).optional().meta({
          description: 'The file of each report, relative to this file; - is the output',
        }),
      })
      .optional()
      .meta({ description: 'Settings of oversell race' }),
    explore: z
      .strictObject({ ...explorationSettings, expect })
      .optional()
      .meta({ description: 'Settings of oversell explore' }),
  })
  .meta({ title: 'Settings of Oversell' });

/** The settings of the command line. */
export type OversellConfig = z.input<typeof configSchema>;

/** Names the type of the settings, so that an editor completes and checks them in `oversell.config.ts`. */
export function defineConfig(config: OversellConfig): OversellConfig {
  return config;
}

/** The settings as JSON Schema. */
export function describeConfig(): object {
  return z.toJSONSchema(configSchema, { io: 'input' });
}
