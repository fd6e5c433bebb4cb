import fc from 'fast-check';
import { startsFrom, withProgram } from './unit';

const unit = `[Service]
Type=notify
ExecStart=/usr/bin/env tsnet agent --log-level info
ExecReload=/bin/true agent
`;

test('only the program changes', () => {
  const program = { node: '/usr/bin/node', bundle: '/opt/cni/bin/.tsnet/b/bin/tsnet' };
  expect(withProgram(unit, program)).toBe(
    unit.replace('/usr/bin/env tsnet', '/usr/bin/node /opt/cni/bin/.tsnet/b/bin/tsnet'),
  );
});

test('a unit that starts nothing stays as it is', () => {
  const socket = '[Socket]\nListenStream=/run/tsnet/agent.sock\n';
  expect(withProgram(socket, { node: '/n', bundle: '/b' })).toBe(socket);
});

test.each([
  ['/o p/n', '"/o p/n"'],
  ['/100%/n', '/100%%/n'],
  ['/$HOME/n', '/$$HOME/n'],
  ['/a"b/n', '"/a\\"b/n"'],
])('path %j is written %j', (node, written) => {
  expect(withProgram(unit, { node, bundle: '/b' })).toContain(`ExecStart=${written} /b agent`);
});

test('a unit is known by the folder that its program is in, whatever that is called', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^\/[ -~]{1,20}$/), (folder) => {
      const written = withProgram(unit, { node: '/n', bundle: `${folder}/x/bin/tsnet` });
      expect(startsFrom(written, folder)).toBe(true);
      expect(startsFrom(written, `${folder}2`)).toBe(false);
    }),
  );
});
