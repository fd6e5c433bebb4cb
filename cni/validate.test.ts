import * as v from 'valibot';
import { validate } from './validate';

const schema = v.looseObject({
  mtu: v.optional(v.number()),
  runtimeConfig: v.optional(v.looseObject({ bandwidth: v.optional(v.object({ ingressRate: v.number() })) })),
  ranges: v.optional(
    v.array(
      v.array(
        v.pipe(
          v.looseObject({ rangeStart: v.string() }),
          v.check(() => true),
        ),
      ),
    ),
  ),
  mode: v.optional(v.picklist(['l2', 'l3'])),
  either: v.optional(v.union([v.string(), v.looseObject({ dataDir: v.string() })])),
  vlan: v.optional(v.pipe(v.number(), v.maxValue(4094, 'invalid VLAN ID (must be between 0 and 4094)'))),
});

test.each([
  [{ MTU: 5 }, { mtu: 5 }],
  [{ mtu: 5, MTU: 6 }, { mtu: 6 }],
  [{ mtu: 5, MTU: null }, { mtu: 5 }],
  [{ mtu: null }, {}],
  [
    { RUNTIMECONFIG: { bandWidth: { INGRESSRATE: 1 } } },
    { runtimeConfig: { bandwidth: { ingressRate: 1 } } },
  ],
  [{ Ranges: [[{ RangeStart: 'a', X: 1 }]] }, { ranges: [[{ rangeStart: 'a', X: 1 }]] }],
  [{ either: { DATADIR: '/x' } }, { either: { dataDir: '/x' } }],
  [
    { either: 'x', mode: 'l2' },
    { either: 'x', mode: 'l2' },
  ],
  [
    { unKnown: null, Other: { MTU: 'x' } },
    { unKnown: null, Other: { MTU: 'x' } },
  ],
])('%j is accepted', (value, parsed) => {
  expect(validate(schema, value, 'config')).toEqual(parsed);
});

test.each([
  [{ MTU: 'x' }, 'failed to parse config: mtu "x": expected number'],
  [{ mtu: 'x', mode: 5 }, 'failed to parse config: mtu "x": expected number; mode 5: expected ("l2" | "l3")'],
  [{ ranges: [[{}]] }, 'failed to parse config: missing ranges.0.0.rangeStart'],
  [{ ranges: [['x']] }, 'failed to parse config: ranges.0.0 "x": expected Object'],
  [{ vlan: 5000 }, 'failed to parse config: invalid VLAN ID (must be between 0 and 4094) (vlan 5000)'],
  [{ runtimeConfig: [] }, 'failed to parse config: runtimeConfig []: expected Object'],
  [
    { runtimeConfig: { bandwidth: [1] } },
    'failed to parse config: runtimeConfig.bandwidth [1]: expected Object',
  ],
])('%j is refused', (value, message) => {
  expect(() => validate(schema, value, 'config')).toThrow(
    expect.objectContaining({ code: 7, message: expect.stringContaining(message) }),
  );
});

test('a hostile number of mistakes stays one short message', () => {
  expect.assertions(1);
  try {
    validate(schema, { ranges: [Array.from({ length: 10_000 }, () => 'x'.repeat(1000))] }, 'config');
  } catch (error) {
    expect((error as Error).message.length).toBeLessThan(5000);
  }
});

test('a key called __proto__ is data', () => {
  const value = JSON.parse('{"__proto__":{"mtu":5}}');
  expect((validate(schema, value, 'config') as { mtu?: number }).mtu).toBeUndefined();
});
