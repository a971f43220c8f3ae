import type { ReactElement } from 'react';
import type { AttemptRecord, StoredOrder } from '@/model/attempt-record';

export interface OrderRowsProps {
  orders: readonly StoredOrder[];
  attempts: readonly AttemptRecord[];
  sku: string;
}

/** The rows of the orders table, and how to query them yourself. */
export function OrderRows({ orders, attempts, sku }: OrderRowsProps): ReactElement {
  const isDated = orders.some(({ createdAt }) => createdAt !== '');
  const ids = attempts.map(({ attemptId }) => `'${attemptId}'`).join(', ');
  return (
    <section aria-label="Rows in the orders table" className="border-t border-line pt-3">
      <h3 className="text-2xs text-ink-3">in the orders table</h3>
      {orders.length === 0 ? (
        <p className="py-1 text-ink-2">No order names these attempts.</p>
      ) : (
        <div className="relative overflow-x-auto" tabIndex={0} role="region" aria-label="Orders">
          <table className="w-full font-mono text-xs">
            <thead>
              <tr className="text-left text-ink-3">
                {['id', 'attempt_id', 'quantity', ...(isDated ? ['created_at'] : [])].map((name) => (
                  <th key={name} scope="col" className="py-1 pr-6 font-normal">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {orders.map(({ orderId, attemptId, quantity, createdAt }) => (
                <tr key={orderId} className="border-t border-line">
                  <td className="py-1 pr-6">{orderId}</td>
                  <td className="py-1 pr-6">{attemptId}</td>
                  <td className="py-1 pr-6">{quantity}</td>
                  {isDated && <td className="py-1 pr-6 whitespace-nowrap">{createdAt}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className="mt-2 text-xs text-ink-3">
        Look it up:{' '}
        <code className="font-mono break-all text-ink-2">
          select * from orders where sku = '{sku}' and attempt_id in ({ids})
        </code>
      </p>
    </section>
  );
}
