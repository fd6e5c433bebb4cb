import { programCandidates } from './process';

test.each([
  ['/bin/sh', ['PATH=/a'], ['/bin/sh']],
  ['./x', [], ['./x']],
  ['sh', ['PATH=/a:/b'], ['/a/sh', '/b/sh']],
  ['sh', ['PATH=/a', 'PATH=/c'], ['/c/sh']],
  ['sh', ['PATH=:/b'], ['./sh', '/b/sh']],
])('%s with %j is looked for in %j', (name, env, files) => {
  expect(programCandidates(name, env)).toEqual(files);
});

test('without PATH the usual folders are searched', () => {
  expect(programCandidates('sh', [])).toContain('/usr/local/bin/sh');
});
