import { canonicalRangeSets, rangeSetText } from './range-set';

const a = { subnet: '10.0.0.0/29' };
const b = { subnet: '10.0.1.0/29', rangeStart: '10.0.1.3', rangeEnd: '10.0.1.4' };

test('a set is printed as the reference prints it', () => {
  expect(rangeSetText(canonicalRangeSets([[a, b]])[0]!)).toBe('10.0.0.1-10.0.0.6,10.0.1.3-10.0.1.4');
});

test.each([
  [[], 'no IP ranges specified'],
  [[[]], 'invalid range set 0: empty range set'],
  [
    [[a], [{ subnet: '192.0.2.12/24' }]],
    'invalid range set 1: Network has host bits set. For a subnet mask of length 24 the network address is 192.0.2.0',
  ],
  [[[a, { subnet: 'fd00::/64' }]], 'invalid range set 0: mixed address families'],
  [
    [[a, { subnet: '10.0.0.0/24' }]],
    'invalid range set 0: subnets 10.0.0.1-10.0.0.6 and 10.0.0.1-10.0.0.254 overlap',
  ],
  [[[a], [b], [{ subnet: '10.0.1.0/29' }]], 'range set 1 overlaps with 2'],
])('%j: %s', (confs, message) => {
  expect(() => canonicalRangeSets(confs)).toThrow(expect.objectContaining({ code: 7, message }));
});

test('parts of one subnet do not overlap when their ends do not', () => {
  const halves = [
    { ...a, rangeEnd: '10.0.0.3' },
    { ...a, rangeStart: '10.0.0.4' },
  ];
  expect(rangeSetText(canonicalRangeSets([halves])[0]!)).toBe('10.0.0.1-10.0.0.3,10.0.0.4-10.0.0.6');
});
