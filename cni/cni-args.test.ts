import fc from 'fast-check';
import { parseCniArgs, removeCniArgs } from './cni-args';

test.each([
  ['', {}],
  ['MAC=aa', { MAC: 'aa' }],
  ['MAC=aa;IP=1', { MAC: 'aa', IP: '1' }],
  ['MAC=', { MAC: '' }],
  ['IgnoreUnknown=1;K8S_POD_NAME=p;MAC=aa', { MAC: 'aa' }],
  ['K8S_POD_NAME=p;IgnoreUnknown=True', {}],
  ['IgnoreUnknown=0;MAC=aa', { MAC: 'aa' }],
])('%j is read', (text, pairs) => {
  expect(Object.fromEntries(parseCniArgs(text, ['MAC', 'IP']))).toEqual(pairs);
});

test.each([
  ['FOO=BAR', 'ARGS: unknown args ["FOO=BAR"]'],
  ['FOO=BAR;MAC=aa;X=Y', 'ARGS: unknown args ["FOO=BAR" "X=Y"]'],
  ['mac=aa', 'ARGS: unknown args ["mac=aa"]'],
  ['FOO=BAR;IgnoreUnknown=false', 'ARGS: unknown args ["FOO=BAR"]'],
  ['ignoreunknown=1', 'ARGS: unknown args ["ignoreunknown=1"]'],
  ['FOO', 'ARGS: invalid pair "FOO"'],
  ['FOO;IgnoreUnknown=1', 'ARGS: invalid pair "FOO"'],
  ['MAC=aa;', 'ARGS: invalid pair ""'],
  ['MAC=a=b', 'ARGS: invalid pair "MAC=a=b"'],
  ['=x', 'ARGS: unknown args ["=x"]'],
  [
    'IgnoreUnknown=maybe',
    'ARGS: error parsing value of pair "IgnoreUnknown=maybe": boolean unmarshal error: invalid input maybe',
  ],
  [
    'IgnoreUnknown=constructor',
    'ARGS: error parsing value of pair "IgnoreUnknown=constructor": boolean unmarshal error: invalid input constructor',
  ],
])('%j is refused', (text, message) => {
  expect(() => parseCniArgs(text, ['MAC'])).toThrow(expect.objectContaining({ code: 4, message }));
});

test('known pairs come back whatever their place', () => {
  const value = fc.stringMatching(/^[^=;]*$/);
  fc.assert(
    fc.property(
      value,
      fc.shuffledSubarray(['IgnoreUnknown=1', 'A=b', 'C=d'], { minLength: 3 }),
      (mac, others) => {
        const pairs = parseCniArgs([...others, `MAC=${mac}`].join(';'), ['MAC']);
        expect([...pairs]).toEqual([['MAC', mac]]);
      },
    ),
  );
});

test.each([
  ['MAC=aa;IP=1;junk', 'IP=1;junk'],
  ['MAC=aa', ''],
  ['', ''],
  ['MACS=aa', 'MACS=aa'],
])('%j without MAC is %j', (text, rest) => {
  expect(removeCniArgs(text, ['MAC'])).toBe(rest);
});
