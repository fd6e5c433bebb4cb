import * as fc from 'fast-check';
import { AttributeTable, aligned, attribute, attributes, nested, text, u8, u32 } from './attribute';

const payload = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const type = fc.integer({ min: 0, max: 0x3fff });

test('the layout is that of struct nlattr', () => {
  expect(u32(4, 0x01020304).toString('hex')).toBe('0800040004030201');
  expect(text(3, 'lo').toString('hex')).toBe('070003006c6f0000');
  expect(u8(7, 1).toString('hex')).toBe('0500070001000000');
  expect(nested(18, [u8(1, 2)]).toString('hex')).toBe('0c0012800500010002000000');
});

test('what is encoded is decoded, in order, whatever the payloads', () => {
  const run = fc.array(fc.record({ type, payload }), { maxLength: 20 });
  fc.assert(
    fc.property(run, (list) => {
      const bytes = Buffer.concat(list.map((one) => attribute(one.type, one.payload)));
      expect(bytes.length % 4).toBe(0);
      expect(attributes(bytes)).toEqual(list);
    }),
  );
});

test('nested attributes come out of their parent', () => {
  fc.assert(
    fc.property(type, type, payload, (outer, inner, value) => {
      const table = new AttributeTable(nested(outer, [attribute(inner, value)]));
      expect(table.nested(outer).bytes(inner)).toEqual(value);
    }),
  );
});

test('any bytes decode to something that lies within them', () => {
  fc.assert(
    fc.property(payload, (bytes) => {
      const found = attributes(bytes);
      const size = found.reduce((sum, one) => sum + aligned(4 + one.payload.length), 0);
      expect(size).toBeLessThanOrEqual(aligned(bytes.length));
    }),
  );
});

test('the largest payload fits, one byte more is refused', () => {
  expect(attributes(attribute(1, Buffer.alloc(65_531)))[0]!.payload).toHaveLength(65_531);
  const tooLong = () => attribute(1, Buffer.alloc(65_532));
  expect(tooLong).toThrow('encode netlink attribute 1: 65532 bytes where at most 65531 fit');
  expect(tooLong).toThrow(expect.objectContaining({ name: 'SyscallError', code: 'EMSGSIZE' }));
  expect(() => nested(18, [attribute(1, Buffer.alloc(65_531))])).toThrow('encode netlink attribute 18');
});

test.each([-1, 1.5, 2 ** 32, Number.NaN])('%p is no u32', (value) => {
  expect(() => u32(4, value)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
});

test('absent attributes are undefined, strings end at their NUL', () => {
  const table = new AttributeTable(
    Buffer.concat([attribute(3, Buffer.from('ab\0cd')), attribute(4, Buffer.from('x'))]),
  );
  expect(table.text(3)).toBe('ab');
  expect(table.text(4)).toBe('x');
  expect([table.text(9), table.u8(9), table.u32(9), table.bytes(9)]).toEqual(Array(4).fill(undefined));
  expect(table.nested(9).bytes(1)).toBeUndefined();
});
