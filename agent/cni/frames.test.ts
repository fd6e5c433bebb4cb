import fc from 'fast-check';
import {
  type CallRequest,
  decodeAnswer,
  encodeAnswer,
  encodeRequest,
  longestHead,
  longestStdin,
  parseHead,
  parsePrefix,
} from './frames';
import { RequestReader } from './request-reader';

const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0'));
const requests: fc.Arbitrary<CallRequest> = fc.record({
  build: text,
  type: text,
  env: fc.dictionary(fc.stringMatching(/^CNI_[A-Z]{1,8}$/), text, { noNullPrototype: true }),
  stdin: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
});

/** Pushes `bytes` in pieces that end at `cuts`. */
function readInPieces(bytes: Buffer, cuts: number[]): (CallRequest | undefined)[] {
  const ends = [...new Set(cuts.map((cut) => cut % bytes.length)), bytes.length].sort((a, b) => a - b);
  const reader = new RequestReader();
  return ends.map((end, at) => reader.push(bytes.subarray(at === 0 ? 0 : ends[at - 1], end)));
}

test('a request is read back however it is cut, and only when it is complete', () => {
  fc.assert(
    fc.property(requests, fc.array(fc.nat()), (request, cuts) => {
      const read = readInPieces(encodeRequest(request), cuts);
      expect(read.pop()).toEqual(request);
      expect(read.every((early) => early === undefined)).toBe(true);
    }),
  );
});

test('an answer is read back', () => {
  fc.assert(
    fc.property(text, text, fc.nat(255), (stdout, stderr, exitCode) => {
      const answer = { stdout, stderr, exitCode };
      expect(decodeAnswer(encodeAnswer(answer))).toEqual(answer);
    }),
  );
});

test('an answer that breaks off is none', () => {
  const whole = encodeAnswer({ stdout: 'out', stderr: 'err', exitCode: 1 });
  for (let length = 0; length < whole.length; length++)
    expect(() => decodeAnswer(whole.subarray(0, length))).toThrow('it has no end');
});

test.each([
  ['another magic', 'TSN2', 1, 1],
  ['text of another protocol', 'GET ', 1, 1],
  ['a head that is too long', 'TSN1', longestHead + 1, 0],
  ['input that is too long', 'TSN1', 0, longestStdin + 1],
  ['the largest lengths', 'TSN1', 0xffffffff, 0xffffffff],
])('%s is refused', (_what, magic, head, stdin) => {
  const prefix = Buffer.alloc(12);
  prefix.write(magic);
  prefix.writeUInt32LE(head, 4);
  prefix.writeUInt32LE(stdin, 8);
  expect(() => parsePrefix(prefix)).toThrow(expect.objectContaining({ code: 'FRAME' }));
});

test.each([
  ['nothing', ''],
  ['a build only', 'b\0'],
  ['a text without its end', 'b\0t\0CNI_COMMAND=ADD'],
  ['a variable without a value', 'b\0t\0CNI_COMMAND\0'],
  ['a variable of the loader', 'b\0t\0LD_PRELOAD=/x\0'],
  ['a variable of Node', 'b\0t\0NODE_OPTIONS=--require=/x\0'],
  ['PATH', 'b\0t\0PATH=/x\0'],
  ['no name', 'b\0t\0=x\0'],
])('a head of %s is refused', (_what, head) => {
  expect(() => parseHead(Buffer.from(head))).toThrow(expect.objectContaining({ code: 'FRAME' }));
});

test('of a variable that comes twice the first counts, and values may hold anything', () => {
  const head = parseHead(Buffer.from('b\0t\0CNI_ARGS=A=1;B=\n\0CNI_ARGS=2\0TRACEPARENT=00-1\0'));
  expect(head).toEqual({ build: 'b', type: 't', env: { CNI_ARGS: 'A=1;B=\n', TRACEPARENT: '00-1' } });
});

test('bytes after the end are refused', () => {
  const request = encodeRequest({ build: 'b', type: 't', env: {}, stdin: Buffer.from('{}') });
  expect(() => new RequestReader().push(Buffer.concat([request, Buffer.from('x')]))).toThrow('1 bytes after');
});

test('garbage never does worse than being refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 12, maxLength: 200 }), (bytes) => {
      const start = Buffer.from('TSN1');
      const piece = Buffer.concat([
        start,
        Buffer.from(bytes).map((byte, at) => (at % 4 === 3 ? 0 : byte & 31)),
      ]);
      try {
        new RequestReader().push(piece);
      } catch (error) {
        expect(error).toMatchObject({ code: 'FRAME' });
      }
    }),
  );
});
