import { withInterpreter } from './interpreter';

const generic = '#!/usr/bin/env -S -u NODE_EXTRA_CA_CERTS node';
const rest = '// tsnet 0.1.0 bridge\nmain();\n';

test.each([
  [`${generic}\n${rest}`, '/usr/bin/node', `#!/usr/bin/node\n${rest}`],
  [`${generic} --jitless\n${rest}`, '/usr/bin/node', `#!/usr/bin/node --jitless\n${rest}`],
])('%j with node at %j', (bundle, node, expected) => {
  expect(withInterpreter(Buffer.from(bundle), node).toString()).toBe(expected);
});

test.each([
  ['a path with a space', `${generic}\n${rest}`, '/opt/my node/bin/node'],
  ['a path with a newline', `${generic}\n${rest}`, '/opt/my\nnode'],
  ['a path too long for the kernel', `${generic}\n${rest}`, `/${'n'.repeat(250)}`],
  ['two flags', `${generic} --a --b\n${rest}`, '/usr/bin/node'],
  ['another first line', `#!/bin/sh\n${rest}`, '/usr/bin/node'],
])('%s changes nothing', (_, bundle, node) => {
  expect(withInterpreter(Buffer.from(bundle), node).toString()).toBe(bundle);
});

test('bytes that are no text stay as they are', () => {
  const tail = Buffer.from([0xff, 0x00, 0xc3]);
  const changed = withInterpreter(Buffer.concat([Buffer.from(`${generic}\n`), tail]), '/n');
  expect(changed.subarray('#!/n\n'.length)).toEqual(tail);
});
