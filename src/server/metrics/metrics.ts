import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { CollectFunction } from 'prom-client';
import type { OpenedLab } from '@/lab/open-lab';
import { isOver } from '@/model/job';
import { COUNT_KEYS, OUTCOMES } from '@/model/outcome';
import { RequestCounts } from './request-counts';
import type { Routes } from './request-counts';

/** Where the numbers are that metrics show. Each is read when the metrics are, and never during a purchase. */
export interface MetricSources extends Pick<OpenedLab, 'poolUsage'> {
  lab: Pick<OpenedLab['lab'], 'countJobs' | 'countAttempts'>;
  /** Connections of the live channel. */
  viewers: () => number;
  /** Of the Remix build: requests are counted by them. */
  routes: Routes;
}

/** The numbers of this process for Prometheus. */
export interface Metrics {
  contentType: string;
  /** In the text format 0.0.4. */
  read: () => Promise<string>;
  /** A middleware for the requests that are counted. */
  countRequest: RequestHandler;
}

type Row = [labels: Record<string, string | number>, value: number];

/** Needs no database: everything is in this process's memory. */
export function createMetrics({ lab, poolUsage, viewers, routes }: MetricSources): Metrics {
  const requests = new RequestCounts(routes);
  const register = new Registry();
  collectDefaultMetrics({ register });
  const gauge = (name: string, help: string, labelNames: string[], read: () => Row[]) => {
    const collect: CollectFunction<Gauge> = function () {
      this.reset();
      for (const [labels, value] of read()) this.set(labels, value);
    };
    register.registerMetric(new Gauge({ name, help, labelNames, registers: [], collect }));
  };
  const counter = (name: string, help: string, labelNames: string[], read: () => Row[]) => {
    const collect: CollectFunction<Counter> = function () {
      this.reset();
      for (const [labels, value] of read()) this.inc(labels, value);
    };
    register.registerMetric(new Counter({ name, help, labelNames, registers: [], collect }));
  };
  const jobs = (over: boolean) => lab.countJobs().filter(({ status }) => isOver(status) === over);

  counter(
    'oversell_http_requests_total',
    'Requests by route, method and status, without purchases and assets',
    ['route', 'method', 'status'],
    () => requests.read().map(([labels, count]) => [{ ...labels }, count]),
  );
  counter('oversell_jobs_ended_total', 'Jobs that are over', ['kind', 'status'], () =>
    jobs(true).map(({ kind, status, count }) => [{ kind, status }, count]),
  );
  gauge('oversell_jobs_active', 'Jobs that wait or run', ['kind', 'status'], () =>
    jobs(false).map(({ kind, status, count }) => [{ kind, status }, count]),
  );
  gauge('oversell_queue_length', 'Jobs that wait for their turn', [], () => {
    const queued = jobs(false).filter(({ status }) => status === 'queued');
    return [[{}, queued.reduce((sum, { count }) => sum + count, 0)]];
  });
  counter('oversell_attempts_total', 'Attempts recorded by races', ['strategy', 'outcome'], () =>
    [...lab.countAttempts()].flatMap(([strategy, counts]) =>
      OUTCOMES.map((outcome, i): Row => [{ strategy, outcome }, counts[COUNT_KEYS[i] ?? 'error']]),
    ),
  );
  gauge('oversell_pool_connections', 'Open connections to PostgreSQL', ['pool', 'state'], () =>
    Object.entries(poolUsage()).flatMap(([pool, { busy, idle }]): Row[] => [
      [{ pool, state: 'busy' }, busy],
      [{ pool, state: 'idle' }, idle],
    ]),
  );
  gauge('oversell_pool_waiting', 'Statements and transactions that wait for a connection', ['pool'], () =>
    Object.entries(poolUsage()).map(([pool, { waiting }]) => [{ pool }, waiting]),
  );
  gauge('oversell_viewers', 'Connections of the live channel', [], () => [[{}, viewers()]]);
  return {
    contentType: register.contentType,
    read: () => register.metrics(),
    countRequest: requests.handler,
  };
}
