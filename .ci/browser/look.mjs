// A browser, what is checked of every page in it, and the count of what was wrong.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RUN = `axe.run(document, { iframes: false, resultTypes: ['violations'] }).then((found) => JSON.stringify(
  found.violations.map((one) => ({ id: one.id, impact: one.impact, nodes: one.nodes.map((node) => node.html.slice(0, 160)) }))))`;

export class Look {
  bad = 0;
  checks = 0;
  audited = 0;

  static async begin(executablePath, shots) {
    const look = new Look();
    look.shots = shots;
    fs.mkdirSync(shots, { recursive: true });
    look.browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    return look;
  }

  /// A fresh person before the browser: no cookie, and everything that goes wrong in a page is counted.
  async visitor(options = {}) {
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    // To Chromium a page that is refused is an error; whether it should have been is for the checks.
    const refused = new Set();
    page.on('response', (response) => {
      if (response.request().isNavigationRequest() && response.status() >= 400) refused.add(response.url());
    });
    page.on('console', (message) => {
      const isRefusal = /status of [45]\d\d/.test(message.text()) && refused.has(message.location().url);
      if (message.type() === 'error' && !isRefusal) this.check(false, `console of ${page.url()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.check(false, `error in ${page.url()}: ${error.message}`));
    page.on('dialog', (dialog) => {
      this.check(false, `a dialog opened on ${page.url()}`);
      dialog.dismiss();
    });
    return page;
  }

  check(ok, what) {
    this.checks += 1;
    if (ok) return;
    this.bad += 1;
    console.log(`  wrong: ${what}`);
  }

  /// No serious violation of accessibility. axe runs in an isolated world, which the policy of the page does not bind.
  async audit(page, name) {
    await page.screenshot({ path: `${this.shots}/${name}.png` });
    const devtools = await page.context().newCDPSession(page);
    const { frameTree } = await devtools.send('Page.getFrameTree');
    const { executionContextId } = await devtools.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id, worldName: 'axe' });
    const evaluate = (expression) =>
      devtools.send('Runtime.evaluate', { expression, contextId: executionContextId, awaitPromise: true, returnByValue: true });
    await evaluate(axe);
    const { result, exceptionDetails } = await evaluate(RUN);
    await devtools.detach();
    if (exceptionDetails) return this.check(false, `axe cannot look at ${name}`);
    this.audited += 1;
    const serious = JSON.parse(result.value).filter((one) => ['serious', 'critical'].includes(one.impact));
    this.check(serious.length === 0, `${name}: ${serious.map((one) => `${one.id} at ${one.nodes.length}, ${one.nodes[0]}`).join('; ')}`);
    return undefined;
  }
}
