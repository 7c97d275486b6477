// Pages that programs write: they open from the disk, need nothing else, and everybody can read them.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

// A packet for reviewers has a page for each chart, all of one make.
const OF_ONE_MAKE = 4;

export async function writtenPages(look, folder) {
  const page = await look.visitor({ offline: true });
  page.on('request', (request) => look.check(/^(file|data|blob):/.test(request.url()), `${page.url()} asks for ${request.url()}`));
  let looked = 0;
  for (const directory of folders(folder)) {
    const pages = fs.readdirSync(directory).filter((name) => name.endsWith('.html')).sort();
    const chosen = pages.filter((name) => name === 'index.html' || pages.indexOf(name) < OF_ONE_MAKE);
    for (const name of chosen) {
      const file = path.join(directory, name);
      await page.goto(pathToFileURL(file).href);
      look.check((await page.locator('h1').count()) >= 1, `${file} has no heading`);
      await look.audit(page, path.relative(folder, file).replaceAll(path.sep, '-'));
      looked += 1;
    }
  }
  return looked;
}

function folders(folder) {
  const below = fs.readdirSync(folder, { withFileTypes: true }).filter((item) => item.isDirectory());
  return [folder, ...below.flatMap((item) => folders(path.join(folder, item.name)))];
}
