// Finds a Chromium for the browser tests and screenshots, or installs one.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { root, readSetting } from './project.mjs';
import { SetupError, mustRun, run, showProgress } from './run.mjs';

/** The first is the same browser without a window to draw: it opens a page in a second less. */
const SYSTEM_BROWSERS = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

const ADVICE = 'Install Chromium or Chrome and set CHROMIUM_PATH to its program.';

/**
 * @param {{ explicit?: string, bundled?: string, exists?: (path: string) => boolean }} [options] `explicit`
 *   (CHROMIUM_PATH) is the only candidate when given; `bundled` is where Playwright keeps its own
 * @returns {string | undefined} path of the program
 */
export function findChromium({ explicit, bundled, exists = existsSync } = {}) {
  if (explicit !== undefined) return exists(explicit) ? explicit : undefined;
  const own = bundled !== undefined && isComplete(bundled, exists) ? bundled : undefined;
  return [own, ...SYSTEM_BROWSERS].find((path) => path !== undefined && exists(path));
}

/** Playwright unpacks its browser in its final place and leaves a mark when that is done. */
function isComplete(path, exists) {
  const [folder] = /^.*?[\\/]chromium(_headless_shell)?-\d+(?=[\\/])/.exec(path) ?? [dirname(path)];
  return exists(join(folder, 'INSTALLATION_COMPLETE'));
}

/**
 * What to install with: Debian's package where that is possible (Ubuntu's of that name only fetches a snap),
 * else Playwright's own build.
 *
 * @param {{ osRelease: string, isRoot: boolean }} system the content of /etc/os-release
 * @returns {'apt' | 'playwright'}
 */
export function chooseInstaller({ osRelease, isRoot }) {
  return isRoot && /^ID="?debian"?$/m.test(osRelease) ? 'apt' : 'playwright';
}

/**
 * Needs node_modules.
 *
 * @returns {Promise<string>} path of the program
 * @throws SetupError
 */
export async function ensureChromium() {
  const explicit = readSetting('CHROMIUM_PATH');
  const find = () => findChromium({ explicit, bundled: bundledPath() });
  const found = find();
  if (found !== undefined) return found;
  if (explicit !== undefined) throw new SetupError(`CHROMIUM_PATH is ${explicit}, which does not exist.`);

  const installer = chooseInstaller({ osRelease: readOsRelease(), isRoot: process.getuid?.() === 0 });
  await showProgress(
    'Installing Chromium for the browser tests',
    installer === 'apt' ? installWithApt : installWithPlaywright,
  );
  const installed = find();
  if (installed === undefined) throw new SetupError(`Chromium was installed but cannot be found. ${ADVICE}`);
  return installed;
}

function bundledPath() {
  return createRequire(join(root, 'package.json'))('playwright').chromium.executablePath();
}

function readOsRelease() {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}

async function installWithApt() {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await mustRun('apt-get', ['-q', 'update'], { env }, ADVICE);
  const install = ['-q', '-y', 'install', '--no-install-recommends', 'fonts-liberation'];
  const { code } = await run('apt-get', [...install, 'chromium-headless-shell'], { env });
  if (code === 0) return;
  // releases that lack it have the whole browser
  await mustRun('apt-get', [...install, 'chromium'], { env }, ADVICE);
}

async function installWithPlaywright() {
  const cli = join(root, 'node_modules', 'playwright', 'cli.js');
  // only root may install the libraries that a browser needs
  const withLibraries = process.platform === 'linux' && process.getuid?.() === 0 ? ['--with-deps'] : [];
  await mustRun(process.execPath, [cli, 'install', ...withLibraries, 'chromium'], {}, ADVICE);
}
