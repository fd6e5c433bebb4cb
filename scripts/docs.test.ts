import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { commands } from '../cli/commands';

const repo = join(__dirname, '..');

function markdownIn(folder: string): string[] {
  return readdirSync(join(repo, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return folder === '.' && entry.name !== 'docs' ? [] : markdownIn(path);
    return path.endsWith('.md') ? [path] : [];
  });
}

const pages = markdownIn('.');
const read = (path: string): string => readFileSync(join(repo, path), 'utf8');

/** The heading's anchor as forges make it. */
function anchorsOf(page: string): string[] {
  const headings = [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, title]) => title!);
  return headings.map((title) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** Repository-relative targets of `[text](target)`, with their anchors. */
function localLinks(page: string): { target: string; anchor: string | undefined }[] {
  const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
  return links
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [path = '', anchor] = link.split('#');
      return { target: path === '' ? page : relative('.', join(dirname(page), path)), anchor };
    });
}

/** Source files that a page names in backticks. */
function namedFiles(page: string): string[] {
  const names = [...read(page).matchAll(/`([a-z-]+(?:\/[\w.-]+)+\.(?:ts|mjs|cjs|conflist))`/g)];
  return names.map(([, name]) => name!);
}

describe('documentation', () => {
  it.each(pages)('%s links to pages and headings that exist', (page) => {
    const broken = localLinks(page).filter(
      ({ target, anchor }) =>
        !existsSync(join(repo, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor)),
    );
    expect(broken).toEqual([]);
  });

  it.each(pages)('%s names files that exist', (page) => {
    expect(namedFiles(page).filter((file) => !existsSync(join(repo, file)))).toEqual([]);
  });

  it('lists every plugin in the README', () => {
    const types = ['plugins', 'ipam'].flatMap((folder) =>
      readdirSync(join(repo, folder))
        .filter((file) => file.endsWith('.ts') && !file.includes('.test.'))
        .map((file) => file.slice(0, -'.ts'.length)),
    );
    const rows = [...read('README.md').matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, type]) => type!);
    expect(rows.sort()).toEqual(types.sort());
  });

  it.each(pages)('%s shows JSON that parses', (page) => {
    for (const [, text] of read(page).matchAll(/^```json\n(.*?)^```/gms))
      expect(() => JSON.parse(text!)).not.toThrow();
  });

  it.each(pages)('%s uses commands of tsnet that exist', (page) => {
    const code = [...read(page).matchAll(/`[^`\n]+`|^```sh\n.*?^```/gms)].map(([text]) => text).join('\n');
    const used = [...code.matchAll(/\btsnet ([a-z]+)/g)].map(([, name]) => name!);
    const known = commands.map(({ command }) => String(command).split(' ')[0]!);
    expect(used.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('gives the test command that CI runs', () => {
    expect(read('.ci/run')).toContain('\nscripts/setup --test && npm test\n');
    expect(read('README.md')).toContain('\nscripts/setup --test && npm test\n');
  });
});
