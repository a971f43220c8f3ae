/**
 * Microseconds on the machine's monotonic clock, with fractions. The origin is the same in every thread and process
 * of one machine (CLOCK_MONOTONIC), so that times taken by the server and by the load generator can be compared.
 */
export function nowUs(): number {
  return Number(process.hrtime.bigint()) / 1_000;
}
