import fc from 'fast-check';
import { getInt32, getUint16, getUint32, setUint16, setUint32 } from './integers';

const at = fc.nat({ max: 8 });
const uint32 = fc.nat({ max: 0xffffffff });
const room = () => Buffer.alloc(12, 0xaa);

test('reads what Node reads', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 12, maxLength: 12 }), at, (content, place) => {
      const bytes = Buffer.from(content);
      expect(getUint16(bytes, place)).toBe(bytes.readUInt16LE(place));
      expect(getUint32(bytes, place)).toBe(bytes.readUInt32LE(place));
      expect(getInt32(bytes, place)).toBe(bytes.readInt32LE(place));
    }),
  );
});

test('writes what Node writes, and nothing beside it', () => {
  fc.assert(
    fc.property(uint32, at, (value, place) => {
      const [bytes, expected] = [room(), room()];
      setUint32(bytes, place, value);
      expected.writeUInt32LE(value, place);
      expect(bytes).toEqual(expected);
      setUint16(bytes, place, value & 0xffff);
      expected.writeUInt16LE(value & 0xffff, place);
      expect(bytes).toEqual(expected);
    }),
  );
});

test('writes signed integers', () => {
  fc.assert(
    fc.property(fc.integer(), (value) => {
      const bytes = room();
      setUint32(bytes, 0, value);
      expect(bytes.readInt32LE(0)).toBe(value);
    }),
  );
});
