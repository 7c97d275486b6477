// What people do with the viewer, in its order.
import fs from 'node:fs';
import { code, open, press, serve, unlock } from './server.mjs';

const text = (page, selector) => page.textContent(selector);

/// The page first: it may still be loading.
async function leave(page, server) {
  await page.context().close();
  server.end();
}

export async function daysWork(look, program, folder) {
  const releases = `${folder}/releases`;
  fs.mkdirSync(releases, { recursive: true });
  const server = await serve(program, `${folder}/plain`, '--releases', releases);
  const page = await look.visitor();
  const { base } = server;

  await page.goto(`${base}/`);
  look.check(page.url() === `${base}/unlock`, 'a locked archive leads to the form');
  await look.audit(page, 'unlock');
  await unlock(page, base, code(`${folder}/wrong.key`));
  look.check((await text(page, '[role=alert]')).includes('does not open the archive'), 'a wrong key is said to be wrong');
  look.check((await page.inputValue('#code')) === '', 'a wrong key does not come back');
  await look.audit(page, 'wrong-key');
  await page.selectOption('#purpose', 'treatment');
  await page.setInputFiles('#key-file', `${folder}/archive.key`);
  await press(page, 'button.main');
  look.check(page.url() === `${base}/`, 'a key file opens the archive');

  await page.fill('#name', 'thisselwood');
  await page.check('#tolerant');
  await press(page, 'button.main');
  look.check((await page.locator('tbody tr').count()) === 1, 'a name with slips is found');
  await look.audit(page, 'search');
  await page.fill('#name', 'nobody');
  await press(page, 'button.main');
  look.check((await text(page, 'main')).includes('Nobody was found'), 'nobody is found');

  const chart = await open(page, base, 'MRN 7');
  look.check((await text(page, '.person')).includes('Penicillin – refuted'), 'a refuted allergy is said to be one');
  look.check(!(await page.content()).includes('Secretosis'), 'what is restricted is not there');
  await look.audit(page, 'chart');
  await press(page, '#problems tbody a');
  await look.audit(page, 'entry');
  for (let part = 0; part < 6; part += 1) {
    await page.goto(`${chart}/document/9/${part}`);
    await look.audit(page, `document-${part}`);
  }
  await page.goto(`${chart}/print`);
  await page.emulateMedia({ media: 'print' });
  look.check(await page.isVisible('.print-only'), 'the print view says from where and for whom it is');
  look.check(!(await page.isVisible('.bar')), 'the print view has no bar');
  const pdf = await page.pdf({ format: 'Letter' });
  look.check(pdf.length > 10_000, 'the chart prints');
  await page.emulateMedia({ media: 'screen' });
  await look.audit(page, 'print');

  await page.goto(`${chart}/kept`);
  look.check((await text(page, '[role=alert]')).includes('restricted'), 'what is kept verbatim holds what is restricted');
  await look.audit(page, 'restricted');
  await press(page, 'main a:has-text("Break the glass")');
  await look.audit(page, 'break-glass');
  await page.fill('#reason', 'too short');
  await page.click('button.main');
  look.check(page.url().endsWith('/break-glass'), 'a reason of a word is none');
  await page.fill('#reason', 'unconscious in the emergency room');
  await press(page, 'button.main');
  look.check((await text(page, 'header.bar')).includes('Emergency'), 'an emergency is shown as one');
  look.check((await page.content()).includes('Secretosis'), 'an emergency shows what is restricted');
  await look.audit(page, 'emergency');
  await page.goto(`${chart}/kept`);
  await look.audit(page, 'kept');

  await page.goto(`${chart}/release`);
  await look.audit(page, 'release');
  const ask = async () => {
    await page.fill('#recipient', 'Dr. Next');
    await page.fill('#authorized-by', 'the patient');
  };
  await ask();
  await page.fill('#from', '2020-01-01');
  await press(page, 'button.main');
  look.check((await text(page, '[role=alert]')).includes('both days'), 'half a range is refused');
  look.check(fs.readdirSync(releases).length === 0, 'nothing was released');
  await ask();
  await press(page, 'button.main');
  look.check((await text(page, 'main')).includes('The release is written'), 'a release is written');
  await look.audit(page, 'released');
  look.check(fs.readdirSync(releases).length === 1, 'a release is a folder');

  await page.goto(`${base}/nowhere`);
  await look.audit(page, 'no-page');
  await foreign(look, page, base, chart);
  await page.goto(`${base}/`);
  await press(page, 'header button');
  look.check(page.url() === `${base}/unlock`, 'locking leads to the form');
  await page.goto(chart);
  look.check(page.url().startsWith(`${base}/unlock`), 'a locked chart is not shown');
  await leave(page, server);
}

/// A page of another site sends a form with the browser's cookie, and a form without a token comes from this one.
async function foreign(look, page, base, chart) {
  const form = `<form method="post" action="${chart}/break-glass"><input name="reason" value="forged by another site"></form>`;
  const other = await page.context().newPage();
  await other.route('http://other.example/', (route) => route.fulfill({ contentType: 'text/html', body: form }));
  await other.goto('http://other.example/');
  const answer = other.waitForResponse((response) => response.url().endsWith('/break-glass'));
  await other.evaluate(() => document.forms[0].submit());
  look.check((await answer).status() === 403, 'a form of another site is refused');
  await other.close();
  const unsigned = await page.request.post(`${base}/`, { form: { mrn: 'MRN 7' }, headers: { Origin: base } });
  look.check(unsigned.status() === 403, 'a form without its token is refused');
}

/// From the form to the chart and back without a mouse.
export async function keyboardOnly(look, program, folder) {
  const server = await serve(program, `${folder}/plain`);
  const page = await look.visitor();
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim());
  const tabTo = async (wanted) => {
    for (let stop = 0; stop < 80; stop += 1) {
      if ((await focused()) === wanted) {
        const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
        return look.check(outline !== 'none', `${wanted} shows that it has the focus`);
      }
      await page.keyboard.press('Tab');
    }
    return look.check(false, `${wanted} cannot be reached by the keyboard`);
  };
  await page.goto(`${server.base}/unlock`);
  await tabTo('agent');
  await page.keyboard.type('jdoe');
  await tabTo('purpose');
  await page.keyboard.type('Treat');
  await tabTo('code');
  await page.keyboard.type(code(`${folder}/archive.key`));
  await page.keyboard.press('Enter');
  await page.waitForURL(`${server.base}/`);
  await page.keyboard.press('Tab');
  look.check((await focused()) === 'Skip to the content', 'the first stop skips the bar');
  await tabTo('mrn');
  await page.keyboard.type('MRN 7');
  await page.keyboard.press('Enter');
  await page.waitForSelector('tbody a');
  await tabTo('Thistlewood Ann');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.person');
  await tabTo('Problems');
  await page.keyboard.press('Enter');
  look.check(page.url().endsWith('#problems'), 'the contents lead to a section');
  await tabTo('Gout');
  await page.keyboard.press('Enter');
  await page.waitForSelector('table.lines');
  await page.goBack();
  await page.evaluate(() => document.activeElement.blur());
  await tabTo('Lock');
  await page.keyboard.press('Enter');
  await page.waitForURL(`${server.base}/unlock`);
  await leave(page, server);
}

/// A page that was left alone goes by itself when the session ends.
export async function expiredSession(look, program, folder) {
  const server = await serve(program, `${folder}/plain`, '--idle', '2');
  const page = await look.visitor();
  await unlock(page, server.base, code(`${folder}/archive.key`));
  const chart = await open(page, server.base, 'MRN 7');
  await page.waitForURL(`${server.base}/unlock?ended`, { timeout: 10_000 });
  look.check((await text(page, '[role=alert]')).includes('session has ended'), 'an ended session is said to have ended');
  await look.audit(page, 'expired');
  await page.goto(chart);
  look.check(page.url().startsWith(`${server.base}/unlock`), 'an ended session shows no chart');
  await page.goBack();
  look.check(!(await page.content()).includes('Thistlewood'), 'nor does the way back');
  await leave(page, server);
}

/// Every page of a chart whose every text is an attack: nothing opens, loads or runs.
export async function hostileText(look, program, folder) {
  const server = await serve(program, `${folder}/hostile`, '--releases', folder);
  const page = await look.visitor();
  const outside = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(server.base)) outside.push(request.url());
  });
  const attack = '<script>alert(1)</script>"\'><img src=x onerror=alert(1)>';
  await unlock(page, server.base, code(`${folder}/archive.key`), attack);
  const chart = await open(page, server.base, 'MRN 1');
  const links = await page.$$eval('main a, .tools a', (all) => all.map((link) => link.href));
  const pages = [...new Set(links)].filter((link) => link.startsWith(`${chart}/`) && !link.endsWith('/raw'));
  await look.audit(page, 'hostile-chart');
  for (const link of [chart, ...pages]) {
    await page.goto(link);
    const planted = await page.locator('script, img[src="x"], svg[onload], [onerror]').count();
    look.check(planted === 0, `${link} has ${planted} planted elements`);
  }
  await page.goto(pages.find((link) => link.includes('/entry/')));
  await look.audit(page, 'hostile-entry');
  look.check(pages.length > 20, `only ${pages.length} pages of the hostile chart were looked at`);
  look.check(outside.length === 0, `requests left the viewer: ${outside[0]}`);
  await leave(page, server);
}
