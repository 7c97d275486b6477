// The viewer as a program.
import fs from 'node:fs';
import { spawn } from 'node:child_process';
import readline from 'node:readline';

/// Starts it on a free port; gives its address and how to end it.
export async function serve(program, archive, ...more) {
  const child = spawn(program, ['--archive', archive, '--listen', '127.0.0.1:0', '--json', ...more], { stdio: ['ignore', 'pipe', 'inherit'] });
  process.on('exit', () => child.kill());
  for await (const line of readline.createInterface({ input: child.stdout })) {
    return { base: JSON.parse(line).url.replace(/\/$/, ''), end: () => child.kill() };
  }
  throw new Error('the viewer did not start');
}

/// The code in a key file.
export function code(file) {
  return fs.readFileSync(file, 'utf8').split('\n').find((line) => line && !line.startsWith('#'));
}

/// Presses what leads to a page, and waits for it.
export async function press(page, selector) {
  const loaded = page.waitForEvent('load');
  await page.click(selector);
  await loaded;
}

/// Unlocks with a recovery code.
export async function unlock(page, base, secret, agent = 'jdoe') {
  await page.goto(`${base}/unlock`);
  await page.fill('#agent', agent);
  await page.selectOption('#purpose', 'treatment');
  await page.fill('#code', secret);
  await press(page, 'button.main');
}

/// Opens the chart that a record number finds, and gives its address.
export async function open(page, base, mrn) {
  await page.goto(`${base}/`);
  await page.fill('#mrn', mrn);
  await press(page, 'button.main');
  await press(page, 'tbody a');
  return page.url();
}
