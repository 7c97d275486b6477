// usage: node run.mjs CHROMIUM VIEWER FOLDER
// VIEWER is the built program, FOLDER what the test `browser` left under EHR_BROWSER_DIR. Ends with 1 if anything is wrong;
// screenshots lie in FOLDER/screenshots.
import { Look } from './look.mjs';
import { writtenPages } from './pages.mjs';
import { daysWork, expiredSession, hostileText, keyboardOnly } from './viewer.mjs';

const [chromium, viewer, folder] = process.argv.slice(2);
const look = await Look.begin(chromium, `${folder}/screenshots`);
let pages = 0;
const parts = [
  ['a day of work', () => daysWork(look, viewer, folder)],
  ['keyboard only', () => keyboardOnly(look, viewer, folder)],
  ['expired session', () => expiredSession(look, viewer, folder)],
  ['hostile text', () => hostileText(look, viewer, folder)],
  ['written pages', async () => { pages = await writtenPages(look, `${folder}/pages`) + await writtenPages(look, `${folder}/releases`); }],
];
for (const [name, part] of parts) {
  console.log(name);
  await part().catch((error) => look.check(false, `${name} did not end: ${error.message}`));
}
await look.browser.close();
look.check(pages >= 7, `only ${pages} written pages`);
console.log(`${look.checks} checks, ${look.audited} pages audited (${pages} written ones), ${look.bad} wrong`);
process.exit(look.bad ? 1 : 0);
