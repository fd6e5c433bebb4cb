import fc from 'fast-check';
import type { OciDeviceRule } from '../oci/spec';
import { compileDeviceRules } from './device-program';

interface Question {
  type: number;
  access: number;
  major: number;
  minor: number;
}

/** Runs the few instructions that the compiler uses, as the kernel would. */
function execute(program: Buffer, { type, access, major, minor }: Question): number {
  const context = [(access << 16) | type, major, minor];
  const registers: number[] = Array(11).fill(0);
  for (let at = 0; ; at++) {
    const code = program.readUInt8(at * 8);
    const operands = program.readUInt8(at * 8 + 1);
    const [to, from] = [operands & 15, operands >> 4];
    const offset = program.readInt16LE(at * 8 + 2);
    const value = program.readInt32LE(at * 8 + 4);
    if (code === 0x61) registers[to] = context[offset / 4]!;
    else if (code === 0xb7) registers[to] = value;
    else if (code === 0xbf) registers[to] = registers[from]!;
    else if (code === 0x57) registers[to]! &= value;
    else if (code === 0x77) registers[to]! >>>= value;
    else if (code === 0x15) at += registers[to] === value ? offset : 0;
    else if (code === 0x55) at += registers[to] !== value ? offset : 0;
    else if (code === 0x5d) at += registers[to] !== registers[from] ? offset : 0;
    else if (code === 0x95) return registers[0]!;
    else throw new Error(`instruction ${code}`);
  }
}

const rules: OciDeviceRule[] = [
  { allow: false, access: 'rwm' },
  { allow: true, type: 'c', access: 'm' },
  { allow: true, type: 'c', major: 1, minor: 3, access: 'rwm' },
  { allow: true, type: 'c', major: 136, access: 'rw' },
];

test.each<[string, Question, number]>([
  ['open of a listed device', { type: 2, access: 6, major: 1, minor: 3 }, 1],
  ['open of another minor', { type: 2, access: 2, major: 1, minor: 1 }, 0],
  ['mknod of any character device', { type: 2, access: 1, major: 9, minor: 9 }, 1],
  ['mknod of a block device', { type: 1, access: 1, major: 9, minor: 9 }, 0],
  ['open of a disk with the numbers of a listed device', { type: 1, access: 2, major: 1, minor: 3 }, 0],
  ['any minor where none is named', { type: 2, access: 4, major: 136, minor: 77 }, 1],
  ['more access than is allowed', { type: 2, access: 7, major: 136, minor: 77 }, 0],
])('%s', (_, question, expected) => {
  expect(execute(compileDeviceRules(rules), question)).toBe(expected);
});

test('a later denial takes back', () => {
  const program = compileDeviceRules([
    { allow: true, access: 'rwm' },
    { allow: false, type: 'c', major: 10, access: 'w' },
  ]);
  expect(execute(program, { type: 2, access: 6, major: 10, minor: 0 })).toBe(0);
  expect(execute(program, { type: 2, access: 2, major: 10, minor: 0 })).toBe(1);
});

test('what no rule speaks of is denied', () => {
  const question = fc.record({
    type: fc.constantFrom(1, 2),
    access: fc.integer({ min: 1, max: 7 }),
    major: fc.integer({ min: 2, max: 400 }),
    minor: fc.nat(400),
  });
  const program = compileDeviceRules([{ allow: true, type: 'c', major: 1, access: 'rwm' }]);
  fc.assert(
    fc.property(question, (asked) => {
      expect(execute(program, asked)).toBe(0);
    }),
  );
});
