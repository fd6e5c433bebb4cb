import { decodeConfig, findKey, getAnswerVersion } from './config';

test.each([
  ['{"cniVersion":"1.0.0","name":"n"}', '1.0.0'],
  ['{"CNIVERSION":"1.0.0","NAME":"n"}', '1.0.0'],
  ['{"name":"n"}', '0.1.0'],
  ['{"name":"n","cniVersion":""}', '0.1.0'],
  ['{"name":"n","cniVersion":null}', '0.1.0'],
  ['{"name":"x","Name":"n","cniVersion":"9.9.9","cniversion":"0.4.0"}', '0.4.0'],
])('%s', (stdin, cniVersion) => {
  expect(decodeConfig(stdin)).toMatchObject({ name: 'n', cniVersion });
});

test.each([
  ['', 6],
  ['{', 6],
  ['[]', 6],
  ['5', 6],
  ['{"name":5}', 6],
  ['{"name":"n","cniVersion":1}', 6],
  ['null', 7],
  ['{}', 7],
  ['{"name":null}', 7],
  ['{"name":""}', 7],
  ['{"name":"a/b","cniVersion":5}', 7],
  ['['.repeat(1 << 20), 6],
  ['x'.repeat(1 << 20), 6],
])('refusal %#', (stdin, code) => {
  expect(() => decodeConfig(stdin)).toThrow(expect.objectContaining({ code }));
});

test.each([
  ['{"cniVersion":"0.4.0"}', '0.4.0'],
  ['{}', '0.1.0'],
  ['{"cniVersion":"9.9.9"}', '1.1.0'],
  ['{"cniVersion":"constructor"}', '1.1.0'],
  ['{"cniVersion":5}', '1.1.0'],
  ['{', '1.1.0'],
])('%s is answered in a version that the caller knows', (stdin, version) => {
  expect(getAnswerVersion(stdin)).toBe(version);
});

test('a key is found in any spelling, the last one winning, null being absent', () => {
  expect(findKey({ ipam: 1, IPAM: 2, Ipam: null }, 'ipam')).toBe(2);
  expect(findKey({ ipam: null }, 'ipam')).toBeUndefined();
  expect(findKey({}, 'constructor')).toBeUndefined();
});
