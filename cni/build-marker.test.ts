import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIdentity, buildVersion, isOwnBuild } from './build-marker';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsnet-marker-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const elf = `\x7fELF${'\0'.repeat(300)}`;
const marker = `tsnet-client ${buildIdentity}\0`;

function file(content: string): string {
  const path = join(folder, 'static');
  writeFileSync(path, content, 'latin1');
  return path;
}

test.each([
  ['a bundle', `#!/usr/bin/env node\n// tsnet ${buildVersion} static\n`, true],
  ['a bundle of another version', '#!/usr/bin/env node\n// tsnet 0.0.0 static\n', false],
  ['a bundle of another type', `#!/usr/bin/env node\n// tsnet ${buildVersion} bridge\n`, false],
  ['a marker further down', `#!/bin/sh\n\n// tsnet ${buildVersion} static\n`, false],
  ['a client', `${elf}${marker}rest`, true],
  ['a client of another build', `${elf}tsnet-client 0123456789abcdef\0`, false],
  ['a client whose build begins like ours', `${elf}tsnet-client ${buildIdentity}0\0`, false],
  ['another program', elf, false],
  ['a script that holds the text', `#!/bin/sh\n${marker}`, false],
  ['nothing', '', false],
])('%s', (_what, content, own) => {
  const path = file(content);
  expect(isOwnBuild(path, 'static')).toBe(own);
  expect(isOwnBuild(path, 'static')).toBe(own);
});

test('a file that is replaced or rewritten is looked at again', () => {
  expect(isOwnBuild(file(`${elf}${marker}`), 'static')).toBe(true);
  expect(isOwnBuild(file(`${elf}${marker.replace('tsnet', 'other')}`), 'static')).toBe(false);
  rmSync(join(folder, 'static'));
  expect(isOwnBuild(file(`${elf}${marker}`), 'static')).toBe(true);
});

test('a program that is too large for a client is not read', () => {
  expect(isOwnBuild(file(`${elf}${marker}${'\0'.repeat(1 << 20)}`), 'static')).toBe(false);
});
