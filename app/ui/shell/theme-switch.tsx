import { Monitor, Moon, Sun } from 'lucide-react';
import type { ReactElement } from 'react';
import { THEMES, type Theme } from '~/theme';

const ICONS = { system: Monitor, light: Sun, dark: Moon };
const LABELS = { system: 'Theme of the system', light: 'Light theme', dark: 'Dark theme' };

/** Three submit buttons; the form around them stores the choice. */
export function ThemeSwitch({ theme }: { theme: Theme }): ReactElement {
  return (
    <div className="flex rounded-lg border border-line p-0.5" role="group" aria-label="Theme">
      {THEMES.map((choice) => {
        const Icon = ICONS[choice];
        const chosen = choice === theme;
        return (
          <button
            key={choice}
            type="submit"
            name="theme"
            value={choice}
            aria-label={LABELS[choice]}
            aria-pressed={chosen}
            title={LABELS[choice]}
            className={`grid size-7 place-items-center rounded-md ${chosen ? 'bg-hover text-ink' : 'text-ink-3 hover:text-ink'}`}
          >
            <Icon className="size-4" aria-hidden />
          </button>
        );
      })}
    </div>
  );
}
