import { Label, Program } from './program';

/** The operations of an encoded program, as the launcher reads them. */
function decode(program: Program) {
  const [head, data] = program.encode();
  const ops = Array.from({ length: head!.bytes.readUInt32LE(4) }, (_, i) =>
    head!.bytes.subarray(64 + i * 64),
  );
  const at = (address: number) => data!.bytes.subarray(address - 0x10000000 - data!.offset);
  return { head: head!.bytes, ops, at };
}

test('a call becomes number, arguments and nothing else', () => {
  const program = new Program('x64');
  program.call('close descriptor', 'close', [7]);
  const { head, ops } = decode(program);
  expect(head.subarray(0, 4).toString('latin1')).toBe('2NST');
  expect(ops).toHaveLength(1);
  expect(ops[0]!.readUInt16LE(0)).toBe(3);
  expect(ops[0]!.readBigUInt64LE(8)).toBe(7n);
  expect(ops[0]!.subarray(16).every((byte) => byte === 0)).toBe(true);
});

test('numbers follow the architecture', () => {
  const program = new Program('arm64');
  program.call('close descriptor', 'close', [7]);
  expect(decode(program).ops[0]!.readUInt16LE(0)).toBe(57);
  expect(() => new Program('mips').call('close descriptor', 'close', [7])).toThrow('no launcher');
});

test('negative arguments are sign-extended', () => {
  const program = new Program('x64');
  program.call('close descriptor', 'close', [-100]);
  expect(decode(program).ops[0]!.readBigInt64LE(8)).toBe(-100n);
});

test('a result is stored in a cell, and later read from it', () => {
  const program = new Program('x64');
  const fd = program.result('open', 'openat', [0, program.text('/'), 0, 0]);
  program.call('close', 'close', [fd]);
  const { ops } = decode(program);
  expect(ops[0]!.readUInt16LE(2)).toBe(1);
  expect(ops[0]!.readUInt32LE(56)).toBe(fd.address);
  expect(ops[1]!.readUInt16LE(6)).toBe(1);
  expect(ops[1]!.readBigUInt64LE(8)).toBe(BigInt(fd.address));
});

test('jumps lead to where the label lands', () => {
  const program = new Program('x64');
  const label = new Label();
  program.call('try', 'close', [1], { tolerate: 'EBADF', ifTolerated: label });
  program.call('skipped', 'close', [2]);
  program.land(label);
  program.call('landed', 'close', [3]);
  const { ops } = decode(program);
  expect(ops[0]!.readUInt16LE(2)).toBe(4);
  expect(ops[0]!.readUInt16LE(4)).toBe(9);
  expect(ops[0]!.readUInt32LE(60)).toBe(2);
});

test('a label that never lands is a mistake of the plan', () => {
  const program = new Program('x64');
  program.call('clone', 'clone3', [0, 0], { ifZero: new Label() });
  expect(() => program.encode()).toThrow('jump to a label that never lands');
});

test('strings end with NUL, are stored once and hold none', () => {
  const program = new Program('x64');
  const address = program.text('/proc');
  expect(program.text('/proc')).toBe(address);
  program.call('chdir', 'chdir', [address]);
  expect(decode(program).at(address).subarray(0, 6).toString('latin1')).toBe('/proc\0');
  expect(() => program.text('/etc\0/x')).toThrow('NUL in a string');
});

test('string arrays end with NULL', () => {
  const program = new Program('x64');
  const array = program.texts(['a', 'b']);
  program.call('none', 'setsid', []);
  const words = decode(program).at(array);
  expect(words.readBigUInt64LE(0)).toBe(BigInt(program.text('a')));
  expect(words.readBigUInt64LE(8)).toBe(BigInt(program.text('b')));
  expect(words.readBigUInt64LE(16)).toBe(0n);
});

test('what an operation does is known by its index', () => {
  const program = new Program('x64');
  program.call('close descriptor', 'close', [7]);
  expect(program.what(0)).toBe('close descriptor');
  expect(program.what(9)).toBe('run launcher');
});

test('a table has room for 4095 operations', () => {
  const program = new Program('x64');
  for (let i = 0; i < 4095; i++) program.call('close', 'close', [i]);
  expect(() => program.call('one more', 'close', [0])).toThrow('more than 4095 operations');
});
