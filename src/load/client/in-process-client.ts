import { nowUs } from '@/lib/clock';
import { outcomeCode } from '@/model/outcome';
import type { PurchaseBody } from '@/plan/input-schemas';
import type { PurchaseResult } from '@/scenarios/inventory/purchase/purchase';
import type { PurchaseService } from '@/scenarios/inventory/purchase/purchase-service';
import type { RegisteredStrategy } from '@/scenarios/registry';
import { notSent, unanswered } from './answer';
import type { Answer } from './answer';
import type { Client, HeldPurchase } from './client';

/**
 * After this many purchases, of all clients, one of them yields to the event loop. A purchase that fails at once, as
 * without Redis, ends within one turn, and the next would begin in it: no timer would ever run.
 */
const TURN_AFTER = 64;
let purchases = 0;

/**
 * A client that calls the strategy in this process: no route, no connection, no HTTP status (0 stands for none). A
 * purchase that times out goes on without its client, as one over HTTP does, and the purchase service counts it until
 * it ends.
 */
export class InProcessClient implements Client {
  private callUs = Number.NaN;
  private isAsked = false;
  private timer: NodeJS.Timeout | undefined;
  private resolve: ((answer: Answer) => void) | undefined;

  constructor(
    private readonly purchaseService: Pick<PurchaseService, 'purchase'>,
    private readonly strategy: RegisteredStrategy,
    private readonly timeoutMs: number,
  ) {}

  purchase(attemptId: string, body: string): Promise<Answer> {
    if (this.resolve) throw new Error('a buyer makes one purchase at a time');
    if (this.timer) this.timer.refresh();
    else this.timer = setTimeout(() => this.abort(), this.timeoutMs);
    // the generator wrote the body itself, so it needs no check
    const request = { ...(JSON.parse(body) as PurchaseBody), attemptId };
    return new Promise((resolve) => {
      // a purchase that ends late finds the resolve of another purchase, or none
      this.resolve = resolve;
      this.callUs = nowUs();
      const ask = () => {
        if (this.resolve !== resolve) return;
        this.isAsked = true;
        this.callUs = nowUs();
        void this.ask(request).then((answer) => {
          if (this.resolve === resolve) this.complete(answer);
        });
      };
      this.isAsked = false;
      purchases += 1;
      if (purchases % TURN_AFTER === 0) setImmediate(ask);
      else ask();
    });
  }

  hold(): HeldPurchase {
    throw new Error('a purchase in the process has no last byte, and findContradictions refuses such plans');
  }

  abort(): void {
    if (this.resolve) this.complete(this.isAsked ? unanswered(0) : notSent());
  }

  close(): void {
    this.abort();
    clearTimeout(this.timer);
  }

  private async ask(request: PurchaseBody & { attemptId: string }): Promise<Answer> {
    try {
      return toAnswer(this.strategy, await this.purchaseService.purchase(this.strategy, request));
    } catch {
      return unanswered(0);
    }
  }

  private complete(answer: Answer): void {
    const { resolve } = this;
    this.resolve = undefined;
    answer.callUs = this.callUs;
    answer.returnUs = nowUs();
    resolve?.(answer);
  }
}

/** What the purchase route would have returned, without the texts. */
function toAnswer({ stepNames }: RegisteredStrategy, { result, trace }: PurchaseResult): Answer {
  const { NaN: unknown } = Number;
  const seen = 'seen' in result ? result.seen : undefined;
  return {
    callUs: unknown,
    returnUs: unknown,
    // an unknown item has sold nothing
    outcome: outcomeCode(result.outcome === 'unknown-sku' ? 'error' : result.outcome) ?? unknown,
    status: 0,
    retries: trace.retries(),
    orderId: 'orderId' in result ? Number(result.orderId) : unknown,
    remaining: 'remaining' in result ? (result.remaining ?? unknown) : unknown,
    seenStock: seen?.stock ?? unknown,
    seenVersion: seen?.version ?? unknown,
    token: 'token' in result ? (result.token ?? unknown) : unknown,
    trace: trace.flatten(stepNames),
  };
}
