import { boundAddressText, collides } from './model';

it.each([
  [undefined, '127.0.0.1', false, true],
  ['0.0.0.0', '127.0.0.1', false, true],
  ['0.0.0.0', '::', false, true],
  ['0.0.0.0', '::', true, false],
  ['127.0.0.1', '::', true, false],
  ['::', '::', true, true],
  ['::1', '::', true, true],
  ['0.0.0.0', '::1', false, false],
  ['127.0.0.1', '0.0.0.0', false, true],
  ['127.0.0.1', '127.0.0.1', false, true],
  ['127.0.0.1', '127.0.0.2', false, false],
  ['::', '::1', false, true],
  ['fd00::1', '0.0.0.0', false, false],
])('%s collides with %s (v6only: %s): %s', (wanted, bound, v6Only, expected) => {
  expect(collides(wanted, { addresses: [bound], v6Only })).toBe(expected);
});

it.each([
  ['7f000001', '127.0.0.1'],
  ['00000000', '0.0.0.0'],
  ['00000000000000000000000000000000', '::'],
  ['00000000000000000000ffff7f000001', '127.0.0.1'],
  ['20010db8000000000000000000000001', '2001:db8::1'],
])('%s is %s', (hex, text) => {
  expect(boundAddressText(Buffer.from(hex, 'hex'))).toBe(text);
});
