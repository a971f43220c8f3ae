import type { ReactElement } from 'react';
import { hatchId, type ChartColumn } from './chart-column';

const WIDTH = 6;

/** The stripes of areas, for every chart, sketch and legend of the page that is filled with them. */
export function Hatches({ columns }: { columns: readonly ChartColumn[] }): ReactElement {
  return (
    <svg width="0" height="0" className="absolute" aria-hidden>
      <defs>
        {columns.map(
          ({ key, color, hatch }) =>
            hatch !== undefined && (
              <pattern
                key={key}
                id={hatchId(key)}
                width={WIDTH}
                height={WIDTH}
                patternUnits="userSpaceOnUse"
                patternTransform={`rotate(${hatch})`}
              >
                <rect width={WIDTH} height={WIDTH} fill={color} fillOpacity={0.3} />
                <rect width={WIDTH / 3} height={WIDTH} fill={color} fillOpacity={0.75} />
              </pattern>
            ),
        )}
      </defs>
    </svg>
  );
}
